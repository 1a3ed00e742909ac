import * as vscode from 'vscode';
import type { BlockContext } from '../protocol/bootstrap';
import type { ModelSelection } from '../protocol/editor';
import { withGraph } from './checkpointGuard';
import type { Command, CommandServices } from './commands';
import { activeModel, openModelEditor } from './files';
import type { ModelSessions } from './modelSessions';
import { modelsFor } from './targets';
import type { TextDocuments } from './text/textDocuments';

/** The commands that stand on a place in a model: a block, a node, the text's cursor. */
export function placeCommands(
  services: Pick<CommandServices, 'sessions' | 'texts' | 'fuse' | 'models' | 'messages'>,
): Readonly<Record<string, Command>> {
  const { sessions, texts, fuse } = services;
  return {
    'replens.fuseBlock': async (block) => {
      const uri = modelOf(block) ?? activeModel();
      const id = isBlock(block) ? block.blockId : await blockAtCursor(texts);
      if (uri !== undefined && id !== null) await fuse.fuse(uri, [id]);
    },
    'replens.openText': async (uri) => {
      for (const model of await withGraph(services, await modelsFor(uri, null))) await texts.show(model);
    },
    'replens.showInText': async (place) => {
      const uri = modelOf(place) ?? activeModel();
      if (uri === undefined || (await withGraph(services, [uri])).length === 0) return;
      await texts.showSelection(uri, selectionOf(place) ?? sessions.find(uri)?.chosen ?? null);
    },
    'replens.showGraph': async (argument) => {
      const uri =
        argument instanceof vscode.Uri
          ? argument
          : (modelOf(argument) ?? activeModel() ?? (await modelsFor(argument, null))[0]);
      const id = isBlock(argument) ? argument.blockId : await blockAtCursor(texts);
      if (uri !== undefined) await showGraph(sessions, uri, id);
    },
  };
}

/** Opens a model and shows the branch graph of a block: the one named, or one that the person chooses. */
export async function showGraph(sessions: ModelSessions, uri: vscode.Uri, id: string | null): Promise<void> {
  await openModelEditor(uri);
  const session = sessions.find(uri);
  if (session === undefined) return;
  if (id !== null) {
    session.reveal(id);
    return;
  }
  await session.whenLoaded();
  const blocks = session.view?.blocks ?? [];
  const items = blocks.map((block) => ({
    label: `${block.id}  ${block.family}`,
    description: block.modulePath,
    id: block.id,
  }));
  // the webview that comes up takes the focus, which must not end the question
  const options = { title: vscode.l10n.t('Branch graph of'), ignoreFocusOut: true };
  const chosen = items.length > 1 ? await vscode.window.showQuickPick(items, options) : items[0];
  if (chosen !== undefined) session.reveal(chosen.id);
}

/** The model that a lens or a quick fix names beside its block. */
function modelOf(value: unknown): vscode.Uri | null {
  return isBlock(value) && 'model' in value && value.model instanceof vscode.Uri ? value.model : null;
}

/** What a context menu stands on: the node under the pointer, the block around it. */
function selectionOf(value: unknown): ModelSelection | null {
  const block = isBlock(value) ? value.blockId : null;
  const named = typeof value === 'object' && value !== null && 'nodeName' in value ? value.nodeName : null;
  const node = typeof named === 'string' ? named : null;
  return block === null && node === null ? null : { block, node };
}

/** The block that the cursor is in, in a model's text. */
async function blockAtCursor(texts: TextDocuments): Promise<string | null> {
  const editor = vscode.window.activeTextEditor;
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (editor === undefined || !(input instanceof vscode.TabInputText)) return null;
  const index = await texts.index(editor.document.uri);
  return index?.blockAt(editor.selection.active.line)?.id ?? null;
}

function isBlock(value: unknown): value is Pick<BlockContext, 'blockId'> {
  return (
    typeof value === 'object' && value !== null && 'blockId' in value && typeof value.blockId === 'string'
  );
}
