import * as vscode from 'vscode';
import type { OutputFormat, Problem } from '../protocol/vocabulary';
import { isOftenWeights } from './modelEndings';
import { modelKey } from './modelKey';
import { fusedName, fusedNames, sourceNames } from './outputName';
import { outputName } from './settings';
import { modelOfText } from './text/textUri';

export const MODEL_EDITOR = 'replens.model';

/** The same for files that are more often weights than a model: VS Code offers it and does not take it by itself. */
export const OPTIONAL_EDITOR = 'replens.model.option';

/** The last part of a file's path. */
export function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

/** A problem without the name of its file, for where that stands above it. */
export function ownSentence(uri: vscode.Uri, { code, message }: Problem): Problem {
  const head = [modelKey(uri), fileName(uri)].find((name) => message.startsWith(`${name}: `));
  return { code, message: head === undefined ? message : message.slice(head.length + 2) };
}

/** What to call two files beside each other: by their folders too where their names are the same. */
export function tellApart(one: vscode.Uri, other: vscode.Uri): readonly [string, string] {
  if (fileName(one) !== fileName(other)) return [fileName(one), fileName(other)];
  return [vscode.workspace.asRelativePath(one), vscode.workspace.asRelativePath(other)];
}

/**
 * Where the fused model goes: beside its source, `<name>.fused` and its ending unless a setting says otherwise.
 * @param formats that the model can be written in; guessed by its name when left out.
 */
export function fusedUri(source: vscode.Uri, formats?: readonly OutputFormat[]): vscode.Uri {
  return vscode.Uri.joinPath(source, '..', fusedName(fileName(source), outputName(source), formats));
}

/** The fused model that is there, by its name; null where there is none. */
export async function fusedBeside(source: vscode.Uri): Promise<vscode.Uri | null> {
  return firstThere(source, fusedNames(fileName(source), outputName(source)));
}

/** Where the models lie that a fused file may have been made from, by its name alone; none for a name of another form. */
export function sourceUris(fused: vscode.Uri): readonly vscode.Uri[] {
  const names = sourceNames(fileName(fused), outputName(fused));
  return names.map((name) => vscode.Uri.joinPath(fused, '..', name));
}

/** The model that is there of which a file was fused, by its name; null where there is none. */
export async function sourceBeside(fused: vscode.Uri): Promise<vscode.Uri | null> {
  return firstThere(fused, sourceNames(fileName(fused), outputName(fused)));
}

async function firstThere(beside: vscode.Uri, names: readonly string[]): Promise<vscode.Uri | null> {
  for (const name of names) {
    const uri = vscode.Uri.joinPath(beside, '..', name);
    if (await fileExists(uri)) return uri;
  }
  return null;
}

export async function fileExists(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}

/** A sentence for a file that cannot be written, such as a version in a repository; null for one that can. */
export function readOnlyProblem(uri: vscode.Uri): string | null {
  // undefined: nobody knows before a file of it is used
  if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== false) return null;
  return vscode.l10n.t(
    'Nothing can be written beside {0}; save a copy in a folder and fuse that.',
    fileName(uri),
  );
}

/** Opens a model in RepLens, whatever editor is the default. */
export async function openModelEditor(
  uri: vscode.Uri,
  options: vscode.TextDocumentShowOptions = {},
): Promise<void> {
  const editor = isOftenWeights(uri.path) ? OPTIONAL_EDITOR : MODEL_EDITOR;
  await vscode.commands.executeCommand('vscode.openWith', uri, editor, {
    viewColumn: vscode.ViewColumn.Active,
    ...options,
  });
}

/** The model in the active editor, be it drawn or as text. */
export function activeModel(): vscode.Uri | undefined {
  return modelIn(vscode.window.tabGroups.activeTabGroup.activeTab);
}

/**
 * The only model on the screen, beside something else that is active, such as the walkthrough; with none there, the only one
 * that is open behind other tabs.
 */
export function shownModel(): vscode.Uri | undefined {
  const groups = vscode.window.tabGroups.all;
  const shown = distinct(groups.map(({ activeTab }) => modelIn(activeTab)));
  const models = shown.length > 0 ? shown : distinct(groups.flatMap(({ tabs }) => tabs.map(modelIn)));
  return models.length === 1 ? models[0] : undefined;
}

function distinct(uris: readonly (vscode.Uri | undefined)[]): readonly vscode.Uri[] {
  return [...new Map(uris.flatMap((uri) => (uri === undefined ? [] : [[uri.toString(), uri]]))).values()];
}

function modelIn(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input = tab?.input;
  if (input instanceof vscode.TabInputText) return modelOfText(input.uri) ?? undefined;
  return input instanceof vscode.TabInputCustom && [MODEL_EDITOR, OPTIONAL_EDITOR].includes(input.viewType)
    ? input.uri
    : undefined;
}
