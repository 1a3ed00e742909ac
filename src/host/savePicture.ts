import * as vscode from 'vscode';
import type { Picture } from '../protocol/editor';
import { fileName } from './files';

/** Asks where, beside the model by default, and writes. Resolves to false when the person would rather not. */
export async function savePicture(model: vscode.Uri, { block, format, data }: Picture): Promise<boolean> {
  const name = fileName(model).replace(/\.[^.]+$/, '');
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(model, '..', `${name}.${block}.fold.${format}`),
    filters: { [format.toUpperCase()]: [format] },
  });
  if (target === undefined) return false;
  await vscode.workspace.fs.writeFile(
    target,
    format === 'svg' ? new TextEncoder().encode(data) : fromBase64(data),
  );
  return true;
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
