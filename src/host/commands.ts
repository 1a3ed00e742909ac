import * as vscode from 'vscode';
import { fileName, fusedBeside, openModelEditor, sourceBeside } from './files';
import type { BenchService } from './benchService';
import { isCheckpoint, withGraph } from './checkpointGuard';
import type { CompareService } from './compareService';
import { modelsBelow, type FuseMany } from './fuseMany';
import type { FuseService } from './fuseService';
import type { Messages } from './messages';
import { modelKey } from './modelKey';
import type { ModelService } from './modelService';
import type { ModelSessions } from './modelSessions';
import { insertNotebookHelper } from './notebook/insertHelper';
import { openDocs } from './openDocs';
import { chooseInputs } from './panelInputs';
import { placeCommands } from './placeCommands';
import { openSample } from './samples';
import { setAssumptions } from './setAssumptions';
import { setShapes } from './setShapes';
import { chooseModel, modelsFor, pairFor } from './targets';
import { trainFirst } from './trainFirst';
import type { TextDocuments } from './text/textDocuments';
import type { UndoFuse } from './undoFuse';
import type { VerifyService } from './verifyService';

export interface CommandServices {
  readonly context: vscode.ExtensionContext;
  readonly sessions: ModelSessions;
  readonly texts: TextDocuments;
  readonly fuse: FuseService;
  readonly fuseMany: FuseMany;
  readonly undo: UndoFuse;
  readonly verify: VerifyService;
  readonly bench: BenchService;
  readonly compare: Pick<CompareService, 'show'>;
  readonly models: ModelService;
  readonly messages: Messages;
}

export type Command = (...args: unknown[]) => unknown;

/** The commands by id; package.json names the same ones, which a test holds. */
export function commands(services: CommandServices): Readonly<Record<string, Command>> {
  const { context, undo, messages } = services;
  return {
    ...placeCommands(services),
    ...pairCommands(services),
    'replens.openModel': async (uri) => {
      const chosen = uri instanceof vscode.Uri ? [uri] : await chooseModel(vscode.l10n.t('Open a model'));
      for (const model of chosen ?? []) await openModelEditor(model);
    },
    'replens.openSample': () => openSample(context),
    'replens.fuse': async (uri, selection) => fuseAll(services, await modelsFor(uri, selection)),
    'replens.fuseAs': async (uri) => {
      for (const model of await modelsFor(uri, null)) await services.fuse.fuse(model, null, true);
    },
    'replens.setShapes': async (uri) => {
      for (const model of await modelsFor(uri, null)) await setShapes(services, model);
    },
    'replens.setAssumptions': async (uri) => {
      for (const model of await modelsFor(uri, null)) await setAssumptions(services, model, null);
    },
    'replens.undoFuse': () => undo.undo(),
    'replens.insertNotebookHelper': () => insertNotebookHelper(context.extensionUri),
    'replens.openDocs': async (code) => {
      if (typeof code === 'string') await openDocs(context.extensionUri, code);
    },
    'replens.showLog': () => messages.log.show(),
  };
}

/** The commands that take two models, or one and what was made of it. */
function pairCommands(services: CommandServices): Readonly<Record<string, Command>> {
  const { verify, bench, compare } = services;
  return {
    'replens.verifyBeside': async (uri) => {
      for (const model of await modelsFor(uri, null)) await verifyBeside(services, model);
    },
    'replens.verify': async (uri, selection) => {
      const models = await modelsFor(uri, selection);
      await onPair(services, models, (original, fused) => verify.verify(original, fused));
    },
    'replens.verifyInputs': async (uri, selection) => {
      await onPair(services, await modelsFor(uri, selection), async (original, fused) => {
        const inputs = await chooseInputs();
        if (inputs !== null) await verify.verify(original, fused, inputs);
      });
    },
    'replens.bench': async (uri, selection) => {
      const models = await modelsFor(uri, selection);
      await onPair(services, models, (original, fused) => bench.bench(original, fused));
    },
    'replens.compare': async (uri, selection) => {
      const chosen = await modelsFor(uri, selection);
      const explain = vscode.l10n.t('Explain Difference');
      const run = (): unknown => vscode.commands.executeCommand('replens.explain', uri, selection);
      const models = await withGraph(services, chosen, [{ title: explain, run }]);
      await onPair(services, models, (original, fused) => Promise.resolve(compare.show(original, fused)));
    },
    'replens.explain': async (uri, selection) => {
      const models = await modelsFor(uri, selection);
      await onPair(services, models, (one, other) => explainDifference(services, one, other));
    },
  };
}

/** Fuses models, and those below folders: one with its own questions, several with one summary. */
async function fuseAll(services: CommandServices, chosen: readonly vscode.Uri[]) {
  const { fuse, fuseMany, messages } = services;
  // elsewhere than on the disk a file would be fetched whole for that
  const isModel = async (uri: vscode.Uri): Promise<boolean> => {
    const glance = uri.scheme === 'file' ? await services.models.glance(modelKey(uri)) : null;
    // a checkpoint of a network without blocks is no model that somebody forgot to fuse
    return glance?.ok === true && (glance.value.format !== 'checkpoint' || glance.value.blocks.length > 0);
  };
  const models = await modelsBelow(chosen, isModel);
  const [first] = models;
  if (models.length > 1) await fuseMany.fuse(models);
  else if (first !== undefined) await fuse.fuse(first, null);
  else if (chosen.length > 0)
    messages.offer(
      'information',
      vscode.l10n.t('There is no model in {0}.', chosen.map(fileName).join(', ')),
    );
}

/** Does something with two models, once it is clear which; the merged one is made first if there is none. */
async function onPair(
  { fuse }: CommandServices,
  models: readonly vscode.Uri[],
  act: (original: vscode.Uri, fused: vscode.Uri) => Promise<unknown>,
): Promise<void> {
  const pair = await pairFor(models);
  if (pair === undefined) return;
  const fused = pair.fused ?? (await fuse.fuse(pair.original, null));
  if (fused !== null) await act(pair.original, fused);
}

/** The measurement of Verify, seen from the faults: the two side by side, at the first block that is wrong. */
async function explainDifference(
  services: CommandServices,
  one: vscode.Uri,
  other: vscode.Uri,
): Promise<void> {
  const { verify, compare, models } = services;
  const order = await trainFirst(models, one, other);
  if (order === undefined) return;
  const [train, deploy] = order;
  const report = await verify.verify(train, deploy);
  // the report says it of each block, and a checkpoint is nothing but blocks
  if (report !== null && !(await isCheckpoint(services, train))) compare.show(train, deploy);
}

/** Verify in the editor: the fused model beside this one; else the one this was made from; else it is fused first. */
export async function verifyBeside({ fuse, verify }: CommandServices, model: vscode.Uri): Promise<void> {
  const beside = await fusedBeside(model);
  if (beside !== null) {
    await verify.verify(model, beside);
    return;
  }
  const source = await sourceBeside(model);
  if (source !== null) {
    await verify.verify(source, model);
    return;
  }
  const fused = await fuse.fuse(model, null);
  if (fused !== null) await verify.verify(model, fused);
}
