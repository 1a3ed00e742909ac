import * as vscode from 'vscode';
import type { BlockComparison, Result, VerificationRecord } from '../protocol/vocabulary';
import { fileName } from './files';
import type { HostPlatform } from './hostPlatform';
import type { ModelService, Watch } from './modelService';
import { isOftenWeights, MODEL_GLOB } from './modelEndings';
import { guessPairs } from './pairNames';
import { sampleCount } from './settings';
import type { VerifyService } from './verifyService';
import { modelKey } from './modelKey';

/** What a run said of a pair. */
export interface PairOutcome {
  readonly label: string;
  readonly outcome: 'passed' | 'failed' | 'errored' | 'skipped';
  /** By block. */
  readonly blocks: Readonly<Record<string, string>>;
}

interface Pair {
  readonly original: vscode.Uri;
  readonly fused: vscode.Uri;
}

/** Model files that are looked at for pairs; a folder with more is a data set. */
const MOST_FILES = 2000;
const SEED = 1;

/**
 * The Test Explorer: an item for each pair of a model and its merged form, its blocks below it. Pairs are guessed by name, and
 * those that were verified are added. Runs are on wasm in the worker, so that none of them asks or opens anything; where that runs
 * no models, in a browser, in the report.
 */
export class PairTests implements vscode.Disposable {
  readonly controller: vscode.TestController;
  readonly #told = new vscode.EventEmitter<PairOutcome>();
  /** A pair was run, or verified elsewhere. */
  readonly onDidTell = this.#told.event;
  readonly #pairs = new WeakMap<vscode.TestItem, Pair>();
  readonly #subscriptions: vscode.Disposable[] = [];

  constructor(
    private readonly models: ModelService,
    private readonly verify: Pick<VerifyService, 'onDidFinish' | 'measure'>,
    private readonly platform: Pick<HostPlatform, 'threadRunsModels'>,
  ) {
    this.controller = vscode.tests.createTestController('replens.pairs', vscode.l10n.t('RepLens Pairs'));
    this.controller.resolveHandler = (item) => (item === undefined ? this.#discover() : this.#resolve(item));
    this.controller.refreshHandler = () => this.#discover();
    const title = vscode.l10n.t('Equivalence');
    this.controller.createRunProfile(
      title,
      vscode.TestRunProfileKind.Run,
      (request, token) => this.#run(request, token),
      true,
    );
    const watcher = vscode.workspace.createFileSystemWatcher(MODEL_GLOB, false, true, false);
    this.#subscriptions.push(
      this.controller,
      this.#told,
      watcher,
      watcher.onDidCreate(() => void this.#discover()),
      watcher.onDidDelete((uri) => this.#forget(uri)),
      verify.onDidFinish(({ original, fused, result }) => {
        const item = this.#add({ original, fused });
        if (result.ok) this.#show(item, result.value);
      }),
    );
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #discover(): Promise<void> {
    await this.#prune();
    const found = await vscode.workspace.findFiles(MODEL_GLOB, '**/node_modules/**', MOST_FILES);
    const files = new Map(found.map((uri) => [modelKey(uri), uri]));
    for (const { original, fused } of guessPairs([...files.keys()])) {
      const pair = { original: files.get(original), fused: files.get(fused) };
      if (pair.original === undefined || pair.fused === undefined) continue;
      if (await this.#arePair(pair as Pair)) this.#add(pair as Pair);
    }
  }

  /** Weights alone are a form of nothing but weights, and many files have a name that says nothing about it. */
  async #arePair({ original, fused }: Pair): Promise<boolean> {
    if (!isOftenWeights(original.path) && !isOftenWeights(fused.path)) return true;
    if (original.scheme !== 'file') return false;
    const [one, other] = await Promise.all([original, fused].map((uri) => this.models.glance(modelKey(uri))));
    if (one?.ok !== true || other?.ok !== true) return false;
    return (one.value.format === 'checkpoint') === (other.value.format === 'checkpoint');
  }

  #add(pair: Pair): vscode.TestItem {
    const id = `${pair.original.toString()} ${pair.fused.toString()}`;
    const known = this.controller.items.get(id);
    if (known !== undefined) return known;
    const label = `${fileName(pair.original)} → ${fileName(pair.fused)}`;
    const item = this.controller.createTestItem(id, label, pair.fused);
    item.canResolveChildren = true;
    this.#pairs.set(item, pair);
    this.controller.items.add(item);
    return item;
  }

  /** Forgets pairs whose files are gone: nobody tells of the files in a folder that was deleted as a whole. */
  async #prune(): Promise<void> {
    const items = all(this.controller.items);
    const gone = await Promise.all(
      items.map(async (item) => {
        const pair = this.#pairs.get(item);
        const both = pair === undefined ? [] : [pair.original, pair.fused];
        return (await Promise.all(both.map(isThere))).includes(false);
      }),
    );
    items.filter((_, place) => gone[place] === true).forEach((item) => this.controller.items.delete(item.id));
  }

  #forget(uri: vscode.Uri): void {
    this.controller.items.forEach((item) => {
      const pair = this.#pairs.get(item);
      if ([pair?.original, pair?.fused].some((one) => one?.toString() === uri.toString()))
        this.controller.items.delete(item.id);
    });
  }

  /** The blocks of a pair's original. */
  async #resolve(item: vscode.TestItem): Promise<void> {
    const pair = this.#pairs.get(item);
    if (pair === undefined) return;
    const opened = await this.models.open(modelKey(pair.original));
    if (!opened.ok) {
      item.error = opened.problem.message;
      return;
    }
    for (const block of opened.value.blocks)
      if (block.status === 'fusable') this.#child(item, block.id, `${block.id}  ${block.family}`);
  }

  #child(item: vscode.TestItem, id: string, label: string): vscode.TestItem {
    const childId = `${item.id} ${id}`;
    const known = item.children.get(childId);
    if (known !== undefined) return known;
    const child = this.controller.createTestItem(childId, label, item.uri);
    item.children.add(child);
    return child;
  }

  async #run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    await (request.include === undefined ? this.#discover() : this.#prune());
    const chosen = request.include ?? all(this.controller.items);
    const run = this.controller.createTestRun(request);
    try {
      // a block is judged with its pair
      for (const item of new Set(chosen.map((one) => one.parent ?? one))) {
        if (this.controller.items.get(item.id) === undefined) continue;
        if (token.isCancellationRequested) run.skipped(item);
        else if (request.exclude?.includes(item) !== true) await this.#runPair(run, item, token);
      }
    } finally {
      run.end();
    }
  }

  async #runPair(run: vscode.TestRun, item: vscode.TestItem, token: vscode.CancellationToken): Promise<void> {
    const pair = this.#pairs.get(item);
    if (pair === undefined) return;
    const controller = new AbortController();
    const subscription = token.onCancellationRequested(() => controller.abort());
    run.started(item);
    const started = Date.now();
    try {
      const result = await this.#compare(pair, { signal: controller.signal });
      if (result.ok) this.#tell(run, item, result.value, Date.now() - started);
      else if (result.problem.code === 'cancelled') run.skipped(item);
      else run.errored(item, new vscode.TestMessage(result.problem.message));
      if (!result.ok) {
        const outcome = result.problem.code === 'cancelled' ? 'skipped' : 'errored';
        this.#told.fire({ label: item.label, outcome, blocks: {} });
      }
    } finally {
      subscription.dispose();
    }
  }

  #compare({ original, fused }: Pair, watch: Watch): Promise<Result<VerificationRecord>> {
    if (!this.platform.threadRunsModels) return this.verify.measure(original, fused, watch);
    const paths = { original: modelKey(original), fused: modelKey(fused) };
    const job = { ...paths, samples: sampleCount(), seed: SEED, sizes: {}, inputs: [] };
    return this.models.verify(job, watch);
  }

  /** The result of a verification that somebody started elsewhere. */
  #show(item: vscode.TestItem, record: VerificationRecord): void {
    const run = this.controller.createTestRun(new vscode.TestRunRequest([item]), undefined, false);
    this.#tell(run, item, record);
    run.end();
  }

  #tell(run: vscode.TestRun, item: vscode.TestItem, record: VerificationRecord, took?: number): void {
    const { verdict, reason, blocks } = record;
    for (const block of blocks) {
      const child = this.#child(item, block.id, block.id);
      if (block.verdict === 'equivalent') run.passed(child);
      else if (block.verdict === 'not-equivalent') run.failed(child, new vscode.TestMessage(wordsOf(block)));
      else run.errored(child, new vscode.TestMessage(block.scope));
    }
    run.appendOutput(`${item.label}: ${verdict}. ${reason}\r\n`, undefined, item);
    if (verdict === 'equivalent') run.passed(item, took);
    else if (verdict === 'not-equivalent') run.failed(item, new vscode.TestMessage(reason), took);
    else run.errored(item, new vscode.TestMessage(reason), took);
    const outcome = ({ equivalent: 'passed', 'not-equivalent': 'failed', inconclusive: 'errored' } as const)[
      verdict
    ];
    const words = blocks.map((block) => [block.id, block.verdict] as const);
    this.#told.fire({ label: item.label, outcome, blocks: Object.fromEntries(words) });
  }
}

function wordsOf({ scope, faults }: BlockComparison): string {
  const words = faults.map(({ kind, message }) => `${kind}: ${message}`);
  return words.length === 0 ? scope : words.join('\n');
}

function all(items: vscode.TestItemCollection): readonly vscode.TestItem[] {
  const list: vscode.TestItem[] = [];
  items.forEach((item) => list.push(item));
  return list;
}

async function isThere(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
