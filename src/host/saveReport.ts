import * as vscode from 'vscode';
import type { ReportFile } from '../protocol/report';
import { fileName } from './files';

/** Asks where, beside the model by default, and writes. Resolves to false when the person would rather not. */
export async function saveReport(model: vscode.Uri | null, { format, text }: ReportFile): Promise<boolean> {
  const name = `${model === null ? 'model' : fileName(model).replace(/\.[^.]+$/, '')}.verification.${format}`;
  const target = await vscode.window.showSaveDialog({
    ...(model === null ? {} : { defaultUri: vscode.Uri.joinPath(model, '..', name) }),
    filters: format === 'md' ? { Markdown: ['md'] } : { JSON: ['json'] },
  });
  if (target === undefined) return false;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  return true;
}
