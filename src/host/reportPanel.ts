import * as vscode from 'vscode';
import type { Watch } from './modelService';
import type { Result, SpeedReport } from '../protocol/vocabulary';
import { inputFolders } from './panelInputs';
import { RunnerView, type Outcome, type PanelEvents, type PanelJob } from './runnerView';

/** A slow machine starts a webview in seconds; a host without webviews never does. */
const READY_TIMEOUT = 30_000;

/** The report: one panel for all verifications, opened by the first. */
export class ReportPanel {
  #view: RunnerView | null = null;
  #lastId = 0;
  #original: vscode.Uri | null = null;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly events: PanelEvents,
  ) {}

  /** The model that the report speaks of: the one that was measured or timed last. */
  get original(): vscode.Uri | null {
    return this.#original;
  }

  /** Shows the report and runs a job in it. null: no webview came up, so nothing was run. */
  async run(job: PanelJob, watch: Watch): Promise<Outcome | null> {
    const folders = [...foldersOf(job), ...inputFolders(job.inputs)];
    const view = await this.#ready(folders);
    if (view === null) return null;
    this.#original = job.original.uri;
    return view.run(++this.#lastId, job, watch);
  }

  /** Times two models in it. null: no webview came up. */
  async bench(
    job: Pick<PanelJob, 'original' | 'fused' | 'webgpu' | 'sizes'>,
    watch: Watch,
  ): Promise<Result<SpeedReport> | null> {
    const view = await this.#ready(foldersOf(job));
    if (view === null) return null;
    this.#original = job.original.uri;
    return view.bench(++this.#lastId, job, watch);
  }

  dispose(): void {
    this.#view?.dispose();
  }

  async #ready(folders: readonly vscode.Uri[]): Promise<RunnerView | null> {
    const known = this.#view;
    const view = known ?? this.#create(folders);
    view.reveal();
    let gpu = await view.ready(READY_TIMEOUT);
    // admitting a folder loads the page again: only a page that is there can be sent away without a race
    if (gpu !== null && known !== null && view.admit(folders)) gpu = await view.ready(READY_TIMEOUT);
    if (gpu === null) view.dispose();
    return gpu === null ? null : view;
  }

  #create(folders: readonly vscode.Uri[]): RunnerView {
    const view = new RunnerView(this.extensionUri, folders, this.events);
    this.#view = view;
    view.onDidDispose(() => {
      if (this.#view === view) this.#view = null;
    });
    return view;
  }
}

function foldersOf({ original, fused }: Pick<PanelJob, 'original' | 'fused'>): readonly vscode.Uri[] {
  return [original.uri, fused.uri].map((uri) => vscode.Uri.joinPath(uri, '..'));
}
