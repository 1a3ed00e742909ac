import * as vscode from 'vscode';
import type { OutputFormat } from '../protocol/vocabulary';
import { askModal } from './askModal';
import { fileExists, fileName } from './files';
import { endingOf } from './modelEndings';

/** Where to write, and whether what is there may be replaced. */
export interface Target {
  readonly output: vscode.Uri;
  readonly replace: boolean;
}

/**
 * Asks where a model goes whose place is taken; null when the person would rather not.
 * @param detail what stays as it is.
 * @param formats that the model can be written in, the usual one first.
 */
export async function chooseTarget(
  output: vscode.Uri,
  detail: string,
  formats?: readonly OutputFormat[],
): Promise<Target | null> {
  if (!(await fileExists(output))) return { output, replace: false };
  const replace = vscode.l10n.t('Replace');
  const saveAs = vscode.l10n.t('Save As…');
  const answer = await askModal({
    title: vscode.l10n.t('{0} exists already. Replace it?', fileName(output)),
    detail,
    answers: [replace, saveAs],
  });
  if (answer === replace) return { output, replace: true };
  if (answer !== saveAs) return null;
  const chosen = await saveModelAs(output, formats);
  // the dialog has asked already
  return chosen === undefined ? null : { output: chosen, replace: true };
}

export function saveModelAs(
  proposed: vscode.Uri,
  formats: readonly OutputFormat[] = ['onnx'],
): Thenable<vscode.Uri | undefined> {
  const names: Readonly<Record<OutputFormat, string>> = {
    onnx: 'ONNX',
    pt2: vscode.l10n.t('PyTorch Program'),
    pth: vscode.l10n.t('PyTorch Checkpoint'),
    safetensors: 'safetensors',
  };
  // checkpoints of PyTorch have several endings; the one proposed stands first
  const own = endingOf(proposed.path).slice(1);
  const endings = (format: OutputFormat): string[] =>
    format === 'pth' ? [...new Set([...(own === '' ? [] : [own]), 'pth', 'pt', 'ckpt'])] : [format];
  const filters = Object.fromEntries(formats.map((format) => [names[format], endings(format)]));
  return vscode.window.showSaveDialog({ defaultUri: proposed, filters });
}
