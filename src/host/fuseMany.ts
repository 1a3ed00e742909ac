import * as vscode from 'vscode';
import { mattersToWeights } from '../core/view/assumptions';
import { onScreen } from '../core/view/onScreen';
import { askModal } from './askModal';
import { fileExists, fileName, fusedUri, openModelEditor, readOnlyProblem, sourceUris } from './files';
import { countOutcomes, summaryTable, type FuseRow } from './fuseSummary';
import type { Messages } from './messages';
import { isOftenWeights, MODEL_GLOB } from './modelEndings';
import type { ModelService, Watch } from './modelService';
import type { ModelSessions } from './modelSessions';
import { runJob } from './runJob';
import type { UndoFuse } from './undoFuse';
import { modelKey } from './modelKey';

interface Row extends FuseRow {
  readonly source: vscode.Uri;
  readonly output: vscode.Uri | null;
}

/** Fuse Branches on several models: one question, one progress, one summary; a model that fails does not stop the others. */
export class FuseMany {
  constructor(
    private readonly models: ModelService,
    private readonly sessions: ModelSessions,
    private readonly messages: Messages,
    private readonly undo: UndoFuse,
  ) {}

  async fuse(sources: readonly vscode.Uri[]): Promise<readonly FuseRow[]> {
    const there = await existing(sources.map((source) => fusedUri(source)));
    const replace = there.size === 0 ? false : await askReplace(there.size);
    if (replace === null) return [];
    const title = vscode.l10n.t('Fusing {0} models', sources.length);
    const rows = await runJob({ kind: 'fuse', title, session: undefined }, (watch) =>
      this.#all(sources, replace, watch),
    );
    for (const line of summaryTable(rows)) this.messages.log.info(line);
    await this.undo.remember(rows.flatMap(({ output }) => output ?? []));
    this.#tell(rows);
    return rows;
  }

  async #all(
    sources: readonly vscode.Uri[],
    replace: boolean,
    watch: Required<Watch>,
  ): Promise<readonly Row[]> {
    const rows: Row[] = [];
    const written = new Set<string>();
    for (const [place, source] of sources.entries()) {
      const progress = (fraction: number): void =>
        watch.progress(
          (place + fraction) / sources.length,
          `${place + 1}/${sources.length} ${nameOf(source)}`,
        );
      progress(0);
      rows.push(
        watch.signal.aborted
          ? row(source, 'cancelled', '')
          : await this.#one(source, replace, written, { signal: watch.signal, progress }),
      );
      const output = rows.at(-1)?.output;
      if (output) written.add(output.toString());
    }
    return rows;
  }

  /** @param written what this run has written: two formats of one model go to one place, and the first has it. */
  async #one(source: vscode.Uri, replace: boolean, written: ReadonlySet<string>, watch: Watch): Promise<Row> {
    const readOnly = readOnlyProblem(source);
    if (readOnly !== null) return row(source, 'failed', readOnly);
    const glance = await this.models.glance(modelKey(source));
    if (!glance.ok) return row(source, 'failed', glance.problem.message);
    if (glance.value.fusable === 0)
      return row(source, 'nothing', onScreen(glance.value.blocks[0]?.refusal?.message ?? ''));
    const output = fusedUri(source, glance.value.outputFormats);
    if (written.has(output.toString()) || (!replace && (await fileExists(output))))
      return row(source, 'skipped', fileName(output));
    const fused = await this.models.fuse(
      { path: modelKey(source), output: modelKey(output), only: null, force: replace },
      watch,
    );
    if (this.sessions.find(source) === undefined) this.models.close(modelKey(source));
    if (!fused.ok)
      return row(source, fused.problem.code === 'cancelled' ? 'cancelled' : 'failed', fused.problem.message);
    const { fused: ids, nodesBefore, nodesAfter, assumptions, notes = [] } = fused.value;
    const taken = (assumptions ?? []).filter(mattersToWeights).map(({ message }) => message);
    return {
      ...row(source, 'fused', [fileName(output), ...notes, ...taken].join(' · ')),
      blocks: ids.length,
      // those of a checkpoint are ours
      nodes: assumptions === undefined ? [nodesBefore, nodesAfter] : null,
      output,
    };
  }

  #tell(rows: readonly Row[]): void {
    const { fused, nothing, skipped, failed, cancelled } = countOutcomes(rows);
    const parts = [
      vscode.l10n.t('Fused {0} of {1} models.', fused, rows.length),
      ...(nothing > 0 ? [vscode.l10n.t('Nothing to fuse in {0}.', nothing)] : []),
      ...(skipped > 0 ? [vscode.l10n.t('Skipped {0}, fused before.', skipped)] : []),
      ...(failed > 0 ? [vscode.l10n.t('Failed: {0}.', failed)] : []),
      ...(cancelled > 0 ? [vscode.l10n.t('Cancelled: {0}.', cancelled)] : []),
    ];
    this.messages.offer(failed > 0 ? 'warning' : 'information', parts.join(' '), [
      { title: vscode.l10n.t('Show Summary'), run: () => showSummary(rows) },
      ...(fused > 0 ? [{ title: vscode.l10n.t('Undo'), run: () => this.undo.undo() }] : []),
    ]);
  }
}

/**
 * Models below folders, and models themselves; fused ones beside their source are left out of folders, and files of PyTorch that
 * hold no model. @param isModel looks into a file.
 */
export async function modelsBelow(
  uris: readonly vscode.Uri[],
  isModel: (uri: vscode.Uri) => Promise<boolean>,
  token?: vscode.CancellationToken,
): Promise<readonly vscode.Uri[]> {
  const found = new Map<string, vscode.Uri>();
  for (const uri of uris) {
    const isFolder = ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
    const pattern = new vscode.RelativePattern(uri, MODEL_GLOB);
    const models = isFolder ? await vscode.workspace.findFiles(pattern, undefined, undefined, token) : [uri];
    const names = new Set(models.map(String));
    for (const model of models) {
      const sources = isFolder ? sourceUris(model) : [];
      if (sources.some((source) => names.has(source.toString()))) continue;
      // the checkpoints of a training lie in folders by the dozen
      if (isFolder && isOftenWeights(model.path) && !(await isModel(model))) continue;
      found.set(model.toString(), model);
    }
  }
  return [...found.values()].sort((a, b) => a.path.localeCompare(b.path));
}

function row(source: vscode.Uri, outcome: Row['outcome'], note: string): Row {
  return { source, name: nameOf(source), outcome, blocks: null, nodes: null, note, output: null };
}

function nameOf(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri, false);
}

async function existing(outputs: readonly vscode.Uri[]): Promise<ReadonlySet<vscode.Uri>> {
  const there = await Promise.all(outputs.map(fileExists));
  return new Set(outputs.filter((_, place) => there[place]));
}

/** Whether to replace fused files that are there; null: leave it all. */
async function askReplace(count: number): Promise<boolean | null> {
  const replace = vscode.l10n.t('Replace');
  const skip = vscode.l10n.t('Skip');
  const answer = await askModal({
    title:
      count === 1
        ? vscode.l10n.t('1 fused file exists already. Replace it?')
        : vscode.l10n.t('{0} fused files exist already. Replace them?', count),
    detail: vscode.l10n.t('The sources stay as they are either way.'),
    answers: [replace, skip],
  });
  if (answer === replace) return true;
  return answer === skip ? false : null;
}

async function showSummary(rows: readonly Row[]): Promise<void> {
  const items = rows.map(({ name, note, source, output, nodes, outcome }) => ({
    label: `$(${ICONS[outcome]}) ${name}`,
    ...(nodes === null ? {} : { description: vscode.l10n.t('{0} → {1} nodes', ...nodes) }),
    detail: note,
    uri: output ?? source,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Fuse Branches: summary') });
  if (chosen !== undefined) await openModelEditor(chosen.uri);
}

const ICONS = {
  fused: 'pass',
  nothing: 'circle-outline',
  skipped: 'debug-step-over',
  failed: 'error',
  cancelled: 'circle-slash',
} as const;
