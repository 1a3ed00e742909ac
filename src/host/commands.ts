import * as vscode from 'vscode';
import type { BlockContext } from '../protocol/bootstrap';
import { activeModel, fileExists, fusedUri, openModelEditor } from './files';
import type { FuseService } from './fuseService';
import type { Messages } from './messages';
import type { ModelSessions } from './modelSessions';
import { openSample } from './samples';
import { chooseModel, modelsFor, pairFor } from './targets';
import type { VerifyService } from './verifyService';

export interface CommandServices {
  readonly context: vscode.ExtensionContext;
  readonly sessions: ModelSessions;
  readonly fuse: FuseService;
  readonly verify: VerifyService;
  readonly messages: Messages;
}

type Command = (...args: unknown[]) => unknown;

/** The commands by id; package.json names the same ones, which a test holds. */
export function commands(services: CommandServices): Readonly<Record<string, Command>> {
  const { context, sessions, fuse, verify, messages } = services;
  return {
    'replens.openModel': async (uri) => {
      const chosen = uri instanceof vscode.Uri ? [uri] : await chooseModel(vscode.l10n.t('Open a model'));
      for (const model of chosen ?? []) await openModelEditor(model);
    },
    'replens.openSample': () => openSample(context),
    'replens.fuse': async (uri, selection) => {
      for (const model of await modelsFor(uri, selection)) await fuse.fuse(model, null);
    },
    'replens.fuseBlock': async (block) => {
      const uri = activeModel();
      if (uri !== undefined && isBlock(block)) await fuse.fuse(uri, [block.blockId]);
    },
    'replens.verify': async (uri, selection) => {
      const pair = await pairFor(await modelsFor(uri, selection));
      if (pair === undefined) return;
      const fused = pair.fused ?? (await fuse.fuse(pair.original, null));
      if (fused !== null) await verify.verify(pair.original, fused);
    },
    'replens.showGraph': async (argument) => {
      const uri =
        argument instanceof vscode.Uri ? argument : (activeModel() ?? (await modelsFor(argument, null))[0]);
      if (uri !== undefined) await showGraph(sessions, uri, isBlock(argument) ? argument.blockId : null);
    },
    'replens.showLog': () => messages.log.show(),
  };
}

/** Verify in the editor: the fused model beside this one, fused first if there is none. */
export async function verifyBeside({ fuse, verify }: CommandServices, original: vscode.Uri): Promise<void> {
  const beside = fusedUri(original);
  const fused = (await fileExists(beside)) ? beside : await fuse.fuse(original, null);
  if (fused !== null) await verify.verify(original, fused);
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

function isBlock(value: unknown): value is Pick<BlockContext, 'blockId'> {
  return (
    typeof value === 'object' && value !== null && 'blockId' in value && typeof value.blockId === 'string'
  );
}
