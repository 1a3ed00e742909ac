import * as vscode from 'vscode';

/** One line of the Problems panel, and what its quick fixes work on. */
export interface Finding {
  readonly range: vscode.Range;
  readonly message: string;
  /** A refusal's code or a fault's kind. */
  readonly code: string;
  readonly severity: vscode.DiagnosticSeverity;
  readonly model: vscode.Uri;
  /** The block it speaks of; null for the model as a whole. */
  readonly blockId: string | null;
  /** Whether the model has blocks that can be fused. */
  readonly canFuse: boolean;
}

export const SOURCE = 'RepLens';

export function diagnosticOf({ range, message, code, severity }: Finding): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, message, severity);
  diagnostic.source = SOURCE;
  const page = encodeURIComponent(JSON.stringify([code]));
  diagnostic.code = { value: code, target: vscode.Uri.parse(`command:replens.openDocs?${page}`) };
  return diagnostic;
}
