import * as vscode from 'vscode';
import { activeModel, fileExists, fileName, fusedUri, sourceUri } from './files';
import { endingOf, isReadable } from './modelEndings';

/** What a command is to work on: what VS Code hands over, the active editor, or what the person chooses. */
export async function modelsFor(argument: unknown, selection: unknown): Promise<readonly vscode.Uri[]> {
  if (Array.isArray(selection) && selection.length > 1)
    return selection.filter((uri): uri is vscode.Uri => uri instanceof vscode.Uri && isModelOrFolder(uri));
  const one = argument instanceof vscode.Uri ? argument : activeModel();
  if (one !== undefined) return [one];
  return (await chooseModel(vscode.l10n.t('Choose a model'), true)) ?? [];
}

/** What has another ending than a model's is taken for a folder; one that has none in it says so. */
function isModelOrFolder(uri: vscode.Uri): boolean {
  return isReadable(uri.path) || endingOf(uri.path) === '';
}

export async function chooseModel(
  title: string,
  many = false,
  near?: vscode.Uri,
): Promise<readonly vscode.Uri[] | undefined> {
  return vscode.window.showOpenDialog({
    title,
    canSelectMany: many,
    filters: { ONNX: ['onnx'] },
    ...(near === undefined ? {} : { defaultUri: vscode.Uri.joinPath(near, '..') }),
  });
}

export interface Pair {
  readonly original: vscode.Uri;
  /** null: to be fused first. */
  readonly fused: vscode.Uri | null;
}

/** Which two models to compare; undefined when the person cancels. */
export async function pairFor(models: readonly vscode.Uri[]): Promise<Pair | undefined> {
  const [first, second] = models;
  if (first === undefined) return undefined;
  if (second !== undefined) return inOrder(first, second);
  const source = sourceUri(first);
  if (source !== null && (await fileExists(source))) return { original: source, fused: first };
  const sibling = fusedUri(first);
  const exists = await fileExists(sibling);
  const beside = exists ? fileName(sibling) : vscode.l10n.t('Fuse it now and verify');
  const other = vscode.l10n.t('Choose another model…');
  const answer = await vscode.window.showQuickPick([beside, other], {
    title: vscode.l10n.t('Compare {0} with', fileName(first)),
    ignoreFocusOut: true,
  });
  if (answer === beside) return { original: first, fused: exists ? sibling : null };
  if (answer !== other) return undefined;
  const chosen = await chooseModel(vscode.l10n.t('The merged model'), false, first);
  return chosen?.[0] === undefined ? undefined : { original: first, fused: chosen[0] };
}

/** The one that is called fused or deploy is the merged one; else the order of selection decides. */
function inOrder(first: vscode.Uri, second: vscode.Uri): Pair {
  const isMerged = (uri: vscode.Uri): boolean => /[._-](fused|deploy|merged)\b/i.test(fileName(uri));
  return isMerged(first) && !isMerged(second)
    ? { original: second, fused: first }
    : { original: first, fused: second };
}
