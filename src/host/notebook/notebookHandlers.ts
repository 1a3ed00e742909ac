import * as vscode from 'vscode';
import type { NotebookHostMethods } from '../../protocol/notebook';
import type { Handlers } from '../../protocol/rpc';
import { unwrap } from '../../protocol/vocabulary';
import { openModelEditor } from '../files';
import { modelKey } from '../modelKey';
import type { ModelService } from '../modelService';
import type { ModelSessions } from '../modelSessions';
import { screenTexts } from '../texts';
import { besideNotebook, type RealPath } from './besideNotebook';
import { saveAs, saveFused } from './saveFused';

export interface NotebookServices {
  readonly models: ModelService;
  readonly sessions: ModelSessions;
  readonly realPath: RealPath;
  /** A fused model was written. */
  onSaved(uri: vscode.Uri): Promise<void>;
}

/** What the outputs of one notebook are answered. */
export function notebookHandlers(
  notebook: vscode.Uri,
  { models, sessions, realPath, onSaved }: NotebookServices,
): Handlers<NotebookHostMethods> {
  const find = (path: unknown): Promise<vscode.Uri> => besideNotebook(notebook, path, realPath);
  const key = async (path: unknown): Promise<string> => modelKey(await find(path));
  return {
    hello: () => ({ strings: screenTexts(), language: vscode.env.language }),
    saveFused: async (file) => {
      const saved = await saveFused(notebook, file);
      if (saved === null) return null;
      await onSaved(saved.uri);
      return saved.model;
    },
    saveAs: (file) => saveAs(notebook, file),
    openEditor: async ({ path }) => openModelEditor(await find(path)),
    open: async ({ path }, { signal }) => unwrap(await models.open(await key(path), { signal })),
    close: async ({ path }) => {
      const uri = await find(path);
      // an editor may have it open, too
      if (sessions.find(uri) === undefined) models.close(modelKey(uri));
    },
    blockGraph: async ({ path, id }) => unwrap(await models.blockGraph(await key(path), id)),
    node: async ({ path, name }) => unwrap(await models.node(await key(path), name)),
    tensor: async ({ path, name }) => unwrap(await models.tensor(await key(path), name)),
    fold: async ({ path, id }, { signal }) => unwrap(await models.fold(await key(path), id, signal)),
    foldPair: async ({ path, ...pair }) => unwrap(await models.foldPair(await key(path), pair)),
    map: async ({ path, open }) => unwrap(await models.map(await key(path), open)),
    findInMap: async ({ path, text }) => unwrap(await models.findInMap(await key(path), text)),
  };
}
