import * as vscode from 'vscode';
import { fileName } from '../files';
import type { LocatedCall } from '../python/pythonModels';
import type { ModelFault } from './checkedFaults';
import type { Finding } from './finding';

/** A finding a code on the line of each call: what is refused for one reason in 50 blocks is told once. */
export function pythonProblems(
  calls: readonly LocatedCall[],
  faultsOf: (model: vscode.Uri) => readonly ModelFault[],
): readonly Finding[] {
  return calls.flatMap(({ call, range, model, glance }) => {
    if (model === null || glance?.ok !== true || call.kind !== 'write') return [];
    const { blocks, fusable } = glance.value;
    const line = range.with({
      end: range.isSingleLine ? range.end : new vscode.Position(range.start.line, 10_000),
    });
    const misses = blocks.flatMap(({ id, refusal }) =>
      refusal === null ? [] : [{ code: refusal.code as string, message: refusal.message, blockId: id }],
    );
    const faults = faultsOf(model).map(({ kind, message, blockId }) => ({ code: kind, message, blockId }));
    const finding =
      (severity: vscode.DiagnosticSeverity) =>
      ({ code, message, blockId, more }: Grouped): Finding => ({
        range: line,
        message: `${fileName(model)}: ${message}${more > 0 ? ` ${vscode.l10n.t('(and {0} more)', more)}` : ''}`,
        code,
        severity,
        model,
        blockId,
        canFuse: fusable > 0,
      });
    return [
      ...grouped(misses).map(finding(vscode.DiagnosticSeverity.Hint)),
      ...grouped(faults).map(finding(vscode.DiagnosticSeverity.Error)),
    ];
  });
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly blockId: string;
}

interface Grouped extends Told {
  /** Others of the same code. */
  readonly more: number;
}

function grouped(all: readonly Told[]): readonly Grouped[] {
  const groups = new Map<string, Grouped>();
  for (const one of all) {
    const known = groups.get(one.code);
    groups.set(one.code, known === undefined ? { ...one, more: 0 } : { ...known, more: known.more + 1 });
  }
  return [...groups.values()];
}
