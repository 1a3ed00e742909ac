import * as vscode from 'vscode';
import type { OnnxText, TextBlock } from '../../core/view/text/onnxText';
import type { ModelFault } from './checkedFaults';
import type { Finding } from './finding';

/** Near misses as hints and faults as errors, on the lines of a model's text. */
export function textProblems(
  text: OnnxText,
  model: vscode.Uri,
  faults: readonly ModelFault[],
): readonly Finding[] {
  const canFuse = text.blocks.some(({ status }) => status === 'fusable');
  const nodeLines = new Map(text.nodes.map(({ name, line }) => [name, line]));
  const misses = text.blocks.flatMap((block): readonly Finding[] =>
    block.refusal === null
      ? []
      : [
          {
            range: rangeOf(block.faultLines[0] ?? block.line),
            message: block.refusal.message,
            code: block.refusal.code,
            severity: vscode.DiagnosticSeverity.Hint,
            model,
            blockId: block.id,
            canFuse,
          },
        ],
  );
  const wrong = faults.map((fault): Finding => {
    const block = text.blocks.find(({ id }) => id === fault.blockId);
    return {
      range: rangeOf(faultLine(fault, block, nodeLines)),
      message: fault.message,
      code: fault.kind,
      severity: vscode.DiagnosticSeverity.Error,
      model,
      blockId: block === undefined ? null : fault.blockId,
      canFuse,
    };
  });
  return [...misses, ...wrong];
}

function faultLine(
  fault: ModelFault,
  block: TextBlock | undefined,
  lines: ReadonlyMap<string, number>,
): number {
  for (const node of fault.nodes) {
    const line = lines.get(node);
    if (line !== undefined) return line;
  }
  return block?.line ?? 0;
}

function rangeOf(line: number): vscode.Range {
  // VS Code cuts it to the line's end
  return new vscode.Range(line, 0, line, 10_000);
}
