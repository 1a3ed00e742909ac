import * as vscode from 'vscode';
import { BenchService } from './host/benchService';
import { commands, verifyBeside, type CommandServices } from './host/commands';
import { FuseMany } from './host/fuseMany';
import { FuseService } from './host/fuseService';
import { Messages } from './host/messages';
import { ModelEditorProvider } from './host/modelEditor';
import { ModelService } from './host/modelService';
import { ModelSessions } from './host/modelSessions';
import { openDropped } from './host/openDropped';
import { showGraph } from './host/placeCommands';
import { ReportPanel } from './host/reportPanel';
import { PairTests } from './host/pairTests';
import { saveReport } from './host/saveReport';
import { SizesQuestion } from './host/sizesQuestion';
import { openSurfaces } from './host/surfaces';
import { UndoFuse } from './host/undoFuse';
import { VerifyService, type FinishedVerification } from './host/verifyService';

/** What `activate` gives to others; our own tests measure with it. */
export interface RepLensApi {
  /** Milliseconds that activation took. */
  readonly activationMs: number;
  /** Whether the worker thread runs: not before something is opened. */
  readonly threadStarted: () => boolean;
  readonly onDidVerify: vscode.Event<FinishedVerification>;
  /** The Test Explorer's pairs. */
  readonly pairs: PairTests;
}

/** Puts the services together; nothing is read or started before somebody opens a model. */
export function activate(context: vscode.ExtensionContext): RepLensApi {
  const started = performance.now();
  const log = vscode.window.createOutputChannel('RepLens', { log: true });
  const messages = new Messages(log);
  const models = new ModelService(context.asAbsolutePath('dist'), (sentence) => log.error(sentence));
  const sessions = new ModelSessions(models);
  const panel: ReportPanel = new ReportPanel(context.extensionUri, {
    revealBlock: (id) => {
      if (verify.original !== null) void showGraph(sessions, verify.original, id);
    },
    save: (file) => saveReport(verify.original, file),
  });
  const question = new SizesQuestion(context.workspaceState);
  const verify = new VerifyService(models, sessions, messages, panel, question);
  const bench = new BenchService(models, sessions, messages, panel, question);
  const tests = new PairTests(models, verify);
  const undo = new UndoFuse(models, messages);
  const fuse = new FuseService(models, sessions, messages, undo, (original, fused) =>
    verify.verify(original, fused),
  );
  const fuseMany = new FuseMany(models, sessions, messages, undo);
  const { texts, disposable } = openSurfaces({ models, sessions, verify });
  const services: CommandServices = {
    context,
    sessions,
    texts,
    fuse,
    fuseMany,
    undo,
    verify,
    bench,
    messages,
  };
  const editor = new ModelEditorProvider(context.extensionUri, models, sessions, {
    fuse: async (uri, ids) => void (await fuse.fuse(uri, ids)),
    verify: (uri) => verifyBeside(services, uri),
    open: (uris) => openDropped(uris, messages),
    select: (uri, selection) => texts.select(uri, selection),
  });
  context.subscriptions.push(log, panel, tests, disposable, editor.register(), {
    dispose: () => void models.dispose(),
  });
  for (const [id, run] of Object.entries(commands(services)))
    context.subscriptions.push(vscode.commands.registerCommand(id, run));
  const activationMs = performance.now() - started;
  return { activationMs, threadStarted: () => models.started, onDidVerify: verify.onDidFinish, pairs: tests };
}
