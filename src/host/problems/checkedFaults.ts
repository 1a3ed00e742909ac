import * as vscode from 'vscode';
import type { VerificationReport } from '../../protocol/vocabulary';
import { watchFile } from '../watchFile';

export interface ModelFault {
  readonly blockId: string;
  readonly kind: string;
  readonly message: string;
  readonly nodes: readonly string[];
}

/** Faults that verifications found, by the original, until one of the two files changes. */
export class CheckedFaults implements vscode.Disposable {
  readonly #found = new Map<
    string,
    { readonly faults: readonly ModelFault[]; readonly watch: vscode.Disposable }
  >();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;

  of(original: vscode.Uri): readonly ModelFault[] {
    return this.#found.get(original.toString())?.faults ?? [];
  }

  /** Takes what a verification found in place of what an earlier one did. */
  set(original: vscode.Uri, fused: vscode.Uri, { blocks }: VerificationReport): void {
    this.#forget(original);
    const faults = blocks.flatMap(({ id, faults: all }) =>
      all.map(({ kind, message, nodes }) => ({ blockId: id, kind, message, nodes })),
    );
    if (faults.length > 0) {
      const onChange = (): void => {
        this.#forget(original);
        this.#changed.fire(original);
      };
      const watch = vscode.Disposable.from(watchFile(original, onChange), watchFile(fused, onChange));
      this.#found.set(original.toString(), { faults, watch });
    }
    this.#changed.fire(original);
  }

  dispose(): void {
    for (const { watch } of this.#found.values()) watch.dispose();
    this.#changed.dispose();
  }

  #forget(original: vscode.Uri): void {
    this.#found.get(original.toString())?.watch.dispose();
    this.#found.delete(original.toString());
  }
}
