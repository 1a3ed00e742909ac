import * as vscode from 'vscode';
import type { FuseReport } from '../core/view/fuseReport';
import type { ModelView } from '../core/view/modelView';
import type { Result } from '../protocol/vocabulary';
import { chooseTarget, saveModelAs, type Target } from './chooseTarget';
import { fileName, fusedUri, openModelEditor, readOnlyProblem } from './files';
import type { Messages } from './messages';
import type { ModelService, Watch } from './modelService';
import type { ModelSessions } from './modelSessions';
import { runJob } from './runJob';
import type { UndoFuse } from './undoFuse';
import { mattersToWeights } from '../core/view/assumptions';
import { modelKey } from './modelKey';

/** What one may want of a model and what was made of it. */
export interface NextSteps {
  verify(original: vscode.Uri, fused: vscode.Uri): unknown;
  compare(original: vscode.Uri, fused: vscode.Uri): unknown;
}

/** Fuse Branches: asks where something would be replaced, writes beside the source, offers what to do next. */
export class FuseService {
  constructor(
    private readonly models: ModelService,
    private readonly sessions: ModelSessions,
    private readonly messages: Messages,
    private readonly undo: UndoFuse,
    private readonly next: NextSteps,
  ) {}

  /**
   * Fuses the blocks named, all for null. Resolves to the file written, null when there is none.
   * @param asks where it goes, and in what format, in any case; else only where something would be replaced.
   */
  async fuse(source: vscode.Uri, ids: readonly string[] | null, asks = false): Promise<vscode.Uri | null> {
    const readOnly = asks ? null : readOnlyProblem(source);
    if (readOnly !== null) this.messages.problem({ code: 'unsupported', message: readOnly });
    const view = readOnly === null ? await this.#view(source) : null;
    if (view === null) return null;
    const fusable = view.blocks.filter(
      ({ id, status }) => status === 'fusable' && ids?.includes(id) !== false,
    );
    if (fusable.length === 0) {
      this.#sayNothingToDo(source, view);
      return null;
    }
    for (;;) {
      const target = await (asks ? placeFor : freePlaceFor)(source, view.outputFormats);
      if (target === null) return null;
      const result = await this.#run(source, target, ids);
      // it has appeared since: ask, now that it is there
      if (!result.ok && result.problem.code === 'exists') continue;
      if (!result.ok) {
        this.messages.problem(result.problem);
        return null;
      }
      // whatever was measured belonged to the file before
      this.sessions.find(source)?.setVerdict(null);
      await this.undo.remember([target.output]);
      this.#offerNext(source, target.output, result.value);
      return target.output;
    }
  }

  #run(source: vscode.Uri, target: Target, only: readonly string[] | null): Thenable<Result<FuseReport>> {
    const session = this.sessions.find(source);
    const title = vscode.l10n.t('Fusing {0}', fileName(source));
    return runJob({ kind: 'fuse', title, session }, (watch: Watch) =>
      this.models.fuse(
        { path: modelKey(source), output: modelKey(target.output), only, force: target.replace },
        watch,
      ),
    );
  }

  async #view(source: vscode.Uri): Promise<ModelView | null> {
    const known = this.sessions.find(source)?.view;
    if (known) return known;
    const title = vscode.l10n.t('Reading {0}', fileName(source));
    const opened = await runJob({ kind: 'fuse', title, session: undefined }, (watch) =>
      this.models.open(modelKey(source), watch),
    );
    if (opened.ok) return opened.value;
    this.messages.problem(opened.problem);
    return null;
  }

  #sayNothingToDo(source: vscode.Uri, view: ModelView): void {
    const name = fileName(source);
    const open = { title: vscode.l10n.t('Open'), run: () => openModelEditor(source) };
    this.messages.offer(
      'information',
      view.totals.refused === 0
        ? vscode.l10n.t('{0} has no blocks whose branches could be fused.', name)
        : vscode.l10n.t('{0} has no block that can be fused; open it to see why.', name),
      [open],
    );
  }

  #offerNext(source: vscode.Uri, output: vscode.Uri, report: FuseReport): void {
    const { fused, nodesBefore, nodesAfter, assumptions } = report;
    if (assumptions !== undefined) {
      this.#offerNextOfCheckpoint(source, output, report);
      return;
    }
    const sentence =
      fused.length === 1
        ? vscode.l10n.t('Fused 1 block, {0} → {1} nodes: {2}', nodesBefore, nodesAfter, fileName(output))
        : vscode.l10n.t(
            'Fused {0} blocks, {1} → {2} nodes: {3}',
            fused.length,
            nodesBefore,
            nodesAfter,
            fileName(output),
          );
    this.messages.offer('information', sentence, [
      { title: vscode.l10n.t('Open'), run: () => openModelEditor(output) },
      { title: vscode.l10n.t('Verify'), run: () => this.next.verify(source, output) },
      { title: vscode.l10n.t('Compare'), run: () => this.next.compare(source, output) },
      { title: vscode.l10n.t('Undo'), run: () => this.undo.undo() },
    ]);
  }

  /** With what was taken for granted, which the person may know better, and what was left out. */
  #offerNextOfCheckpoint(source: vscode.Uri, output: vscode.Uri, report: FuseReport): void {
    const { fused, assumptions = [], notes = [] } = report;
    for (const { message, blocks } of assumptions)
      this.messages.log.info(`${fileName(output)}: ${message} (${blocks.length})`);
    const sentence =
      fused.length === 1
        ? vscode.l10n.t('Fused 1 block: {0}.', fileName(output))
        : vscode.l10n.t('Fused {0} blocks: {1}.', fused.length, fileName(output));
    const taken = assumptions.filter(mattersToWeights).map(({ message }) => message);
    this.messages.offer('information', [sentence, ...notes, ...taken].join(' '), [
      { title: vscode.l10n.t('Open'), run: () => openModelEditor(output) },
      { title: vscode.l10n.t('Verify'), run: () => this.next.verify(source, output) },
      {
        title: vscode.l10n.t('Change Assumptions…'),
        run: () => vscode.commands.executeCommand('replens.setAssumptions', source),
      },
      { title: vscode.l10n.t('Undo'), run: () => this.undo.undo() },
    ]);
  }
}

type Formats = ModelView['outputFormats'];

/** Asks for the place; the dialog asks itself before something is replaced. */
async function placeFor(source: vscode.Uri, formats: Formats): Promise<Target | null> {
  const output = await saveModelAs(fusedUri(source, formats), formats);
  return output === undefined ? null : { output, replace: true };
}

function freePlaceFor(source: vscode.Uri, formats: Formats): Promise<Target | null> {
  const detail = vscode.l10n.t('The source stays as it is either way.');
  return chooseTarget(fusedUri(source, formats), detail, formats);
}
