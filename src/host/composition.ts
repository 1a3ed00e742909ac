import * as vscode from 'vscode';
import { BenchService } from './benchService';
import { CompareService } from './compareService';
import { commands, verifyBeside, type CommandServices } from './commands';
import { FuseMany } from './fuseMany';
import { FuseService, type NextSteps } from './fuseService';
import type { HostPlatform } from './hostPlatform';
import { Messages } from './messages';
import { ModelEditorProvider } from './modelEditor';
import { ModelService } from './modelService';
import { ModelSessions } from './modelSessions';
import { openNotebookOutputs } from './notebook/notebookOutputs';
import { openDropped } from './openDropped';
import { showGraph } from './placeCommands';
import { ReportPanel } from './reportPanel';
import { PairTests } from './pairTests';
import { saveReport } from './saveReport';
import { setAssumptions } from './setAssumptions';
import { setShapes } from './setShapes';
import { SizesQuestion } from './sizesQuestion';
import { OpeningOptions } from './openingOptions';
import { openSurfaces } from './surfaces';
import { UndoFuse } from './undoFuse';
import { VerifyService, type FinishedVerification } from './verifyService';

/** What `activate` gives to others; our own tests measure with it. */
export interface RepLensApi {
  /** Milliseconds of work that activation was, as `HostPlatform.workedMs` counts them. */
  readonly activationMs: number;
  /** Whether the worker thread runs: not before something is opened. */
  readonly threadStarted: () => boolean;
  readonly onDidVerify: vscode.Event<FinishedVerification>;
  /** The Test Explorer's pairs. */
  readonly pairs: PairTests;
}

/** Puts the services together, in Node and in a browser alike; nothing is read or started before somebody opens a model. */
export function compose(context: vscode.ExtensionContext, platform: HostPlatform): RepLensApi {
  const started = platform.workedMs();
  const log = vscode.window.createOutputChannel('RepLens', { log: true });
  const messages = new Messages(log);
  const options = new OpeningOptions(context.workspaceState);
  const models = new ModelService(platform, (sentence) => log.error(sentence), options);
  const sessions = new ModelSessions(models);
  const panel = openPanel(context.extensionUri, sessions);
  const question = new SizesQuestion(context.workspaceState);
  const verify = new VerifyService(models, sessions, messages, panel, question);
  const bench = new BenchService(models, sessions, messages, panel, question);
  const tests = new PairTests(models, verify, platform);
  const undo = new UndoFuse(models, messages);
  const compare = new CompareService(context.extensionUri, models, sessions, verify, {
    reveal: (uri, id) => void showGraph(sessions, uri, id),
  });
  const fuse = new FuseService(models, sessions, messages, undo, nextSteps(verify, compare));
  const fuseMany = new FuseMany(models, sessions, messages, undo);
  const { texts, disposable } = openSurfaces({
    ...{ models, sessions, verify },
    loadModelCalls: () => platform.loadModelCalls(),
  });
  const services: CommandServices = {
    ...{ context, sessions, texts, messages, models },
    ...{ fuse, fuseMany, undo, verify, bench, compare },
  };
  const editor = new ModelEditorProvider(context.extensionUri, models, sessions, {
    fuse: async (uri, ids) => void (await fuse.fuse(uri, ids)),
    verify: (uri) => verifyBeside(services, uri),
    open: (uris) => openDropped(uris, messages),
    select: (uri, selection) => texts.select(uri, selection),
    setShapes: (uri) => setShapes(services, uri),
    setAssumptions: (uri, block) => setAssumptions(services, uri, block),
  });
  const outputs = openNotebookOutputs({
    models,
    sessions,
    realPath: (path) => platform.realPath(path),
    onSaved: (uri) => undo.remember([uri]),
  });
  context.subscriptions.push(log, panel, compare, tests, disposable, outputs, editor.register(), {
    dispose: () => void models.dispose(),
  });
  for (const [id, run] of Object.entries(commands(services)))
    context.subscriptions.push(vscode.commands.registerCommand(id, run));
  const activationMs = platform.workedMs() - started;
  return { activationMs, threadStarted: () => models.started, onDidVerify: verify.onDidFinish, pairs: tests };
}

function nextSteps(verify: VerifyService, compare: CompareService): NextSteps {
  return {
    verify: (original, fused) => verify.verify(original, fused),
    compare: (original, fused) => compare.show(original, fused),
  };
}

function openPanel(extensionUri: vscode.Uri, sessions: ModelSessions): ReportPanel {
  const panel: ReportPanel = new ReportPanel(extensionUri, {
    revealBlock: (id) => {
      if (panel.original !== null) void showGraph(sessions, panel.original, id);
    },
    save: (file) => saveReport(panel.original, file),
  });
  return panel;
}
