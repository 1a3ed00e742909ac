import * as vscode from 'vscode';
import { blockVerdicts, itemVerdicts, type ItemVerdict } from '../core/view/map/verdicts';
import type { VerificationReport } from '../protocol/vocabulary';
import type { ModelService } from './modelService';
import type { ModelSessions } from './modelSessions';
import type { FinishedVerification } from './verifyService';
import { modelKey } from './modelKey';
import { watchFile } from './watchFile';

interface Known {
  readonly verdicts: readonly ItemVerdict[];
  readonly watch: vscode.Disposable;
  /** The model whose editors say the verdict on the whole. */
  readonly original: vscode.Uri;
}

/**
 * What verifications found of single blocks, for the editors of both models: those that are open and those that open later,
 * until one of the two files changes, which ends the verdict on the whole too.
 */
export class BlockVerdicts implements vscode.Disposable {
  readonly #known = new Map<string, Known>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(
    private readonly models: Pick<ModelService, 'compare'>,
    private readonly sessions: ModelSessions,
    onDidVerify: vscode.Event<FinishedVerification>,
  ) {
    this.#subscriptions = [
      onDidVerify(({ original, fused, result }) => {
        if (result.ok) void this.#take(original, fused, result.value);
      }),
      // read, or read again
      sessions.onDidChange((uri) => this.#show(uri)),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { watch } of this.#known.values()) watch.dispose();
  }

  async #take(original: vscode.Uri, fused: vscode.Uri, report: VerificationReport): Promise<void> {
    let changed = false;
    const forget = (): void => {
      changed = true;
      this.#set(original, null);
      this.#set(fused, null);
    };
    // from before they are read again: what was verified must still be what the blocks are
    const watch = vscode.Disposable.from(watchFile(original, forget), watchFile(fused, forget));
    const found = await this.#found(original, fused, report);
    // a file that has gone meanwhile has no blocks to show
    if (found === null || changed) {
      watch.dispose();
      return;
    }
    const { left, right } = found;
    this.#set(original, { verdicts: left, watch, original });
    this.#set(fused, { verdicts: right, watch, original });
  }

  async #found(
    original: vscode.Uri,
    fused: vscode.Uri,
    { blocks, assumptions }: VerificationReport,
  ): Promise<ReturnType<typeof itemVerdicts> | null> {
    // checkpoints: in a merged one there are no blocks
    if (assumptions !== undefined) return { left: blockVerdicts(blocks), right: [] };
    const links = await this.models.compare(modelKey(original), modelKey(fused));
    return links.ok ? itemVerdicts(blocks, links.value) : null;
  }

  #set(uri: vscode.Uri, known: Known | null): void {
    const key = uri.toString();
    const old = this.#known.get(key);
    if (old !== undefined && old.watch !== known?.watch) this.#drop(old, known);
    if (known === null) this.#known.delete(key);
    else this.#known.set(key, known);
    this.#show(uri);
  }

  /** Forgets both models of an older verification: nobody would notice when they change. */
  #drop({ watch, original }: Known, successor: Known | null): void {
    watch.dispose();
    // its own file's change ends the verdict by itself, the merged one's does not
    if (original.toString() !== successor?.original.toString())
      this.sessions.find(original)?.setVerdict(null);
    for (const [key, known] of [...this.#known]) {
      if (known.watch !== watch) continue;
      this.#known.delete(key);
      this.#show(vscode.Uri.parse(key));
    }
  }

  #show(uri: vscode.Uri): void {
    this.sessions.find(uri)?.setVerdicts(this.#known.get(uri.toString())?.verdicts ?? []);
  }
}
