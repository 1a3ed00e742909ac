import * as vscode from 'vscode';
import type { Watch } from './modelService';
import { RunnerView, type Outcome, type PanelJob } from './runnerView';

/** A slow machine starts a webview in seconds; a host without webviews never does. */
const READY_TIMEOUT = 30_000;

/** The report: one panel for all verifications, opened by the first. */
export class ReportPanel {
  #view: RunnerView | null = null;
  #lastId = 0;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly onRevealBlock: (id: string) => void,
  ) {}

  /** Shows the report and runs a job in it. null: no webview came up, so nothing was run. */
  async run(job: PanelJob, watch: Watch): Promise<Outcome | null> {
    const folders = [job.original.uri, job.fused.uri].map((uri) => vscode.Uri.joinPath(uri, '..'));
    const view = await this.#ready(folders);
    return view === null ? null : await view.run(++this.#lastId, job, watch);
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
    const view = new RunnerView(this.extensionUri, folders, this.onRevealBlock);
    this.#view = view;
    view.onDidDispose(() => {
      if (this.#view === view) this.#view = null;
    });
    return view;
  }
}
