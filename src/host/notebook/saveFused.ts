import * as vscode from 'vscode';
import { writeWhole } from '../../platform/web/writeWhole';
import { decodedLength, fromBase64 } from '../../core/view/notebook/base64';
import { checkedName, LARGEST_INLINE } from '../../core/view/notebook/envelope';
import type { SavedModel } from '../../protocol/notebook';
import { raise, type OutputFormat } from '../../protocol/vocabulary';
import { chooseTarget, saveModelAs, type Target } from '../chooseTarget';
import { fileName, fusedUri } from '../files';
import { isReadable } from '../modelEndings';
import { siblingsOf } from '../workspaceFolder';
import { pathFromNotebook } from './besideNotebook';

/** What an output wants written. */
export interface OutputFile {
  readonly name: string;
  /** In base64. */
  readonly data: string;
}

/**
 * Writes a model that was fused from `name` beside the notebook; where one is there already, the person is asked. null: they would
 * rather not.
 */
export async function saveFused(
  notebook: vscode.Uri,
  { format, ...file }: OutputFile & { readonly format: OutputFormat },
): Promise<{ readonly uri: vscode.Uri; readonly model: SavedModel } | null> {
  const bytes = bytesOf(file);
  const name = checkedName(file.name);
  const source = vscode.Uri.joinPath(folderOf(notebook), isReadable(name) ? name : `${name}.onnx`);
  const formats = [checkedFormat(format)];
  const target = await placeFor(notebook, fusedUri(source, formats), formats);
  if (target === null) return null;
  await write(target, bytes);
  const { output: uri } = target;
  return { uri, model: { name: fileName(uri), path: pathFromNotebook(notebook, uri) } };
}

/** Writes where the person says; false: they would rather not. */
export async function saveAs(notebook: vscode.Uri, file: OutputFile): Promise<boolean> {
  const bytes = bytesOf(file);
  const defaultUri = vscode.Uri.joinPath(folderOf(notebook), checkedName(file.name));
  const target = await vscode.window.showSaveDialog({ defaultUri });
  if (target === undefined) return false;
  await vscode.workspace.fs.writeFile(target, bytes);
  return true;
}

/** A notebook that was never saved has nothing beside it. */
async function placeFor(
  notebook: vscode.Uri,
  beside: vscode.Uri,
  formats: readonly OutputFormat[],
): Promise<Target | null> {
  if (notebook.scheme !== 'untitled')
    return chooseTarget(beside, vscode.l10n.t('The notebook stays as it is either way.'), formats);
  const output = await saveModelAs(beside, formats);
  return output === undefined ? null : { output, replace: true };
}

/** A notebook that was never saved has no folder of its own. */
function folderOf(notebook: vscode.Uri): vscode.Uri {
  if (notebook.scheme !== 'untitled') return vscode.Uri.joinPath(notebook, '..');
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
}

async function write({ output }: Target, bytes: Uint8Array): Promise<void> {
  try {
    await writeWhole(siblingsOf(output), fileName(output), bytes, { replace: true });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    raise('failed', vscode.l10n.t('{0} cannot be written: {1}', fileName(output), words));
  }
}

/** A hostile page may say anything. */
function checkedFormat(format: unknown): OutputFormat {
  const formats: readonly OutputFormat[] = ['onnx', 'pt2', 'pth', 'safetensors'];
  return formats.find((one) => one === format) ?? 'onnx';
}

function bytesOf({ data }: OutputFile): Uint8Array {
  if (typeof data !== 'string' || decodedLength(data.length) > 2 * LARGEST_INLINE)
    raise('unsupported', vscode.l10n.t('This output is too large to be saved from a notebook.'));
  return fromBase64(data, vscode.l10n.t('What this output wants saved'));
}
