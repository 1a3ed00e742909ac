import * as vscode from 'vscode';
import { activeModel, fileName, fusedBeside, shownModel, sourceBeside } from './files';
import { endingOf, isReadable, modelFilters } from './modelEndings';
import { guessPairs, type PathPair } from './pairNames';

/** What a command is to work on: what VS Code hands over, the model that is active, alone in sight or alone open, or what the person chooses. */
export async function modelsFor(argument: unknown, selection: unknown): Promise<readonly vscode.Uri[]> {
  if (Array.isArray(selection) && selection.length > 1)
    return selection.filter((uri): uri is vscode.Uri => uri instanceof vscode.Uri && isModelOrFolder(uri));
  const one = argument instanceof vscode.Uri ? argument : (activeModel() ?? shownModel());
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
    filters: modelFilters(vscode.l10n.t('Models')),
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
  const source = await sourceBeside(first);
  if (source !== null) return { original: source, fused: first };
  const forms = await formsBeside(first);
  const train = forms.find(({ fused }) => fused === fileName(first))?.original;
  const at = (name: string): vscode.Uri => vscode.Uri.joinPath(first, '..', name);
  if (train !== undefined) return { original: at(train), fused: first };
  const sibling = await fusedBeside(first);
  const exists = sibling !== null;
  const merged = [...new Set([...(exists ? [fileName(sibling)] : []), ...forms.map(({ fused }) => fused)])];
  const fuse = vscode.l10n.t('Fuse it now');
  const other = vscode.l10n.t('Choose another model…');
  const answer = await vscode.window.showQuickPick([...merged, ...(exists ? [] : [fuse]), other], {
    title: vscode.l10n.t('Compare {0} with', fileName(first)),
    ignoreFocusOut: true,
  });
  if (answer === undefined) return undefined;
  if (answer !== other) return { original: first, fused: answer === fuse ? null : at(answer) };
  const chosen = await chooseModel(vscode.l10n.t('The merged model'), false, first);
  return chosen?.[0] === undefined ? undefined : { original: first, fused: chosen[0] };
}

/** Two forms of one network, of which the model is one, by the names in its folder: "net.train.onnx" and "net.deploy.onnx". */
async function formsBeside(model: vscode.Uri): Promise<readonly PathPair[]> {
  let entries: readonly [string, vscode.FileType][];
  try {
    entries = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(model, '..'));
  } catch {
    // a version in a repository has no folder
    return [];
  }
  const names = entries.flatMap(([name, type]) =>
    (type & vscode.FileType.File) !== 0 && isReadable(name) ? [name] : [],
  );
  const own = fileName(model);
  return guessPairs(names).filter(({ original, fused }) => original === own || fused === own);
}

/** The one that is called fused or deploy is the merged one; else the order of selection decides. */
function inOrder(first: vscode.Uri, second: vscode.Uri): Pair {
  const isMerged = (uri: vscode.Uri): boolean => /(^|[._-])(fused|deploy|merged)\b/i.test(fileName(uri));
  return isMerged(first) && !isMerged(second)
    ? { original: second, fused: first }
    : { original: first, fused: second };
}
