import * as vscode from 'vscode';
import { decodedLength, fromBase64 } from '../../core/view/notebook/base64';
import { checkedName, LARGEST_INLINE } from '../../core/view/notebook/envelope';
import type { SavedModel } from '../../protocol/notebook';
import { raise } from '../../protocol/vocabulary';
import { askModal } from '../askModal';
import { fileExists, fileName, fusedUri } from '../files';
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
  file: OutputFile,
): Promise<{ readonly uri: vscode.Uri; readonly model: SavedModel } | null> {
  const bytes = bytesOf(file);
  const name = checkedName(file.name);
  const source = vscode.Uri.joinPath(folderOf(notebook), /\.onnx$/i.test(name) ? name : `${name}.onnx`);
  const target = await chooseTarget(notebook, fusedUri(source));
  if (target === null) return null;
  await writeWhole(target, bytes);
  return { uri: target, model: { name: fileName(target), path: pathFromNotebook(notebook, target) } };
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

async function chooseTarget(notebook: vscode.Uri, beside: vscode.Uri): Promise<vscode.Uri | null> {
  const isFree = !(await fileExists(beside));
  if (notebook.scheme !== 'untitled' && isFree) return beside;
  if (notebook.scheme !== 'untitled') {
    const replace = vscode.l10n.t('Replace');
    const saveElsewhere = vscode.l10n.t('Save As…');
    const answer = await askModal({
      title: vscode.l10n.t('{0} exists already. Replace it?', fileName(beside)),
      detail: vscode.l10n.t('The notebook stays as it is either way.'),
      answers: [replace, saveElsewhere],
    });
    if (answer === replace) return beside;
    if (answer !== saveElsewhere) return null;
  }
  const chosen = await vscode.window.showSaveDialog({ defaultUri: beside, filters: { ONNX: ['onnx'] } });
  return chosen ?? null;
}

/** A notebook that was never saved has no folder of its own. */
function folderOf(notebook: vscode.Uri): vscode.Uri {
  if (notebook.scheme !== 'untitled') return vscode.Uri.joinPath(notebook, '..');
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
}

/** Complete or not at all: a temporary file first. */
async function writeWhole(target: vscode.Uri, bytes: Uint8Array): Promise<void> {
  const { fs } = vscode.workspace;
  const random = Math.random().toString(36).slice(2, 10);
  const temporary = vscode.Uri.joinPath(target, '..', `.${fileName(target)}.${random}.tmp`);
  try {
    await fs.writeFile(temporary, bytes);
    await fs.rename(temporary, target, { overwrite: true });
  } catch (error) {
    await fs.delete(temporary).then(undefined, () => undefined);
    const words = error instanceof Error ? error.message : String(error);
    raise('failed', vscode.l10n.t('{0} cannot be written: {1}', fileName(target), words));
  }
}

function bytesOf({ data }: OutputFile): Uint8Array {
  if (typeof data !== 'string' || decodedLength(data.length) > 2 * LARGEST_INLINE)
    raise('unsupported', vscode.l10n.t('This output is too large to be saved from a notebook.'));
  return fromBase64(data, vscode.l10n.t('What this output wants saved'));
}
