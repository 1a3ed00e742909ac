import * as vscode from 'vscode';
import type { Glance } from '../../core/view/glance';
import type { Result } from '../../protocol/vocabulary';
import { fileExists } from '../files';
import { isReadable } from '../modelEndings';
import type { HostPlatform } from '../hostPlatform';
import type { ModelGlances } from '../modelGlances';
import type { ModelCall } from './modelCalls';
import { trainForms } from '../pairNames';

/** A call in a document, and the model that it speaks of. */
export interface LocatedCall {
  readonly call: ModelCall;
  readonly range: vscode.Range;
  /** Where the file is; null: nowhere yet. */
  readonly model: vscode.Uri | null;
  /** What is in it; null where it is not there or not of a kind that is read. */
  readonly glance: Result<Glance> | null;
  /** For the deploy form of a pair: the train form, where both are there. */
  readonly train: vscode.Uri | null;
}

/** A script that names no model file has nothing to look for, and no parser is loaded. */
const WORDS = /\.(onnx|pt2?|pth|ckpt|safetensors)\b/i;

/** Generated scripts of megabytes are not read while somebody types. */
const LONGEST = 500_000;

export const PYTHON: readonly vscode.DocumentFilter[] = [
  ...['file', 'untitled', 'vscode-remote', 'vscode-vfs'].map((scheme) => ({ language: 'python', scheme })),
  { language: 'python', notebookType: '*' },
];

/** The calls of a script or notebook cell with their models. */
export async function pythonModels(
  document: vscode.TextDocument,
  glances: ModelGlances,
  load: HostPlatform['loadModelCalls'],
): Promise<readonly LocatedCall[]> {
  const { uri, text, offset } = wholeScript(document);
  if (!WORDS.test(text) || text.length > LONGEST) return [];
  const modelCalls = await load();
  const calls = modelCalls(text);
  const trains = trainForms(
    calls.map(({ kind, file }) => (kind === 'write' && isReadable(file) ? file : '')),
  );
  const length = document.getText().length;
  const located = calls.map(async (call, place): Promise<LocatedCall | null> => {
    const [from, to] = [call.from - offset, call.to - offset];
    if (from < 0 || to > length) return null;
    const range = new vscode.Range(document.positionAt(from), document.positionAt(to));
    const model = await locate(uri, call.file);
    const glance = model !== null && isReadable(call.file) ? await glances.get(model) : null;
    const train = trains[place] ?? null;
    const original = glance === null || train === null ? null : await locate(uri, train);
    // what is not there yet is watched for as well
    if (model === null) for (const candidate of candidates(uri, call.file)) void glances.get(candidate);
    return { call, range, model, glance, train: original };
  });
  return (await Promise.all(located)).filter((call) => call !== null);
}

interface Script {
  /** The file, a notebook for its cells. */
  readonly uri: vscode.Uri;
  readonly text: string;
  /** Where the document begins in it. */
  readonly offset: number;
}

/** A notebook's cells are read as one script, as they run. */
function wholeScript(document: vscode.TextDocument): Script {
  const own = document.getText();
  const notebook = vscode.workspace.notebookDocuments.find((candidate) =>
    candidate.getCells().some((cell) => cell.document === document),
  );
  if (notebook === undefined) return { uri: document.uri, text: own, offset: 0 };
  let text = '';
  let offset = 0;
  for (const cell of notebook.getCells()) {
    if (cell.document.languageId !== 'python') continue;
    if (cell.document === document) offset = text.length;
    text += `${cell.document.getText()}\n`;
  }
  return { uri: notebook.uri, text, offset };
}

/** Where a script's path may lead: beside the script, then in each workspace folder. */
function candidates(script: vscode.Uri, path: string): readonly vscode.Uri[] {
  const plain = path.replace(/\\/g, '/');
  // a name on the network would be looked up because somebody opened a script
  if (plain.startsWith('//')) return [];
  const isDisk = script.scheme === 'file' || script.scheme === 'untitled';
  if (/^(\/|[A-Za-z]:)/.test(plain)) return isDisk ? [vscode.Uri.file(path)] : [script.with({ path: plain })];
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const beside = script.scheme === 'untitled' ? [] : [vscode.Uri.joinPath(script, '..')];
  const all = [...beside, ...folders].map((folder) => vscode.Uri.joinPath(folder, plain));
  return [...new Map(all.map((uri) => [uri.toString(), uri])).values()];
}

async function locate(script: vscode.Uri, path: string): Promise<vscode.Uri | null> {
  for (const candidate of candidates(script, path)) if (await fileExists(candidate)) return candidate;
  return null;
}
