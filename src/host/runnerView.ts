import * as vscode from 'vscode';
import type {
  BenchJob,
  GpuState,
  ReportFile,
  ReportHostMethods,
  ReportViewMethods,
  VerifyJob,
} from '../protocol/report';
import type { FileOptions } from '../protocol/fileOptions';
import { openRpc, type Rpc } from '../protocol/rpc';
import type { Result, SpeedReport, VerificationRecord } from '../protocol/vocabulary';
import { remoteInputs, type PanelInputs } from './panelInputs';
import type { Watch } from './modelService';
import { assetsFolder, webviewPage } from './webviewPage';
import { webviewPort } from './webviewPort';

/** Where a job's files lie; addresses for the webview are made when it is there. */
export interface PanelJob extends Pick<VerifyJob, 'samples' | 'seed' | 'sizes' | 'webgpu'> {
  readonly original: PanelFile;
  readonly fused: PanelFile;
  readonly inputs: PanelInputs;
}

/** What the panel tells of. */
export interface PanelEvents {
  /** A block that the person chose in the report. */
  readonly revealBlock: (id: string) => void;
  /** Resolves to false when the person would rather not save. */
  readonly save: (file: ReportFile) => Promise<boolean>;
}

export interface PanelFile {
  readonly uri: vscode.Uri;
  readonly fileName: string;
  /** External data beside it, relative to its folder. */
  readonly companions: readonly string[];
  readonly options?: FileOptions;
}

export type Outcome = Result<VerificationRecord>;

interface RunningJob {
  readonly id: number;
  readonly settle: (outcome: Result<unknown>) => void;
  readonly progress: Watch['progress'];
}

const CANCEL_TIMEOUT = 1000;

const cancelled = (message: string): Result<never> => ({
  ok: false,
  problem: { code: 'cancelled', message },
});

/** The webview that shows verifications and carries them out in its blob worker, one at a time. */
export class RunnerView {
  readonly #panel: vscode.WebviewPanel;
  readonly #view: Rpc<ReportViewMethods>;
  readonly onDidDispose: vscode.Event<void>;
  #roots: readonly vscode.Uri[];
  #running: RunningJob | null = null;
  #isReady!: Promise<GpuState>;
  #becomeReady!: (gpu: GpuState) => void;

  /** @param folders what it may fetch from, besides the workspace. */
  constructor(
    extensionUri: vscode.Uri,
    folders: readonly vscode.Uri[],
    private readonly events: PanelEvents,
  ) {
    const workspace = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
    this.#roots = [assetsFolder(extensionUri), ...workspace, ...folders];
    const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const title = vscode.l10n.t('RepLens Report');
    this.#panel = vscode.window.createWebviewPanel('replens.report', title, where, {
      enableScripts: true,
      localResourceRoots: this.#roots,
      // its worker holds GPU sessions: hiding the tab must not end a verification, and nothing else could restore them
      retainContextWhenHidden: true,
    });
    this.#panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.svg');
    this.onDidDispose = this.#panel.onDidDispose;
    const { webview } = this.#panel;
    this.#view = openRpc<ReportHostMethods, ReportViewMethods>(webviewPort(webview), this.#handlers());
    this.#expectReady();
    this.#panel.onDidDispose(() => {
      this.#settle(cancelled('The report was closed, which ended the verification.'));
      this.#view.dispose();
    });
    webview.html = webviewPage(webview, { title, screen: 'report', extensionUri });
  }

  reveal(): void {
    this.#panel.reveal(undefined, true);
  }

  dispose(): void {
    this.#panel.dispose();
  }

  /** Lets the webview fetch from these folders. @returns whether VS Code loads the page again, since one was new. */
  admit(folders: readonly vscode.Uri[]): boolean {
    const inside = (folder: vscode.Uri): boolean =>
      this.#roots.some((root) => `${folder.path}/`.startsWith(`${root.path.replace(/\/$/, '')}/`));
    const missing = folders.filter((folder) => !inside(folder));
    if (missing.length === 0) return false;
    this.#roots = [...this.#roots, ...missing];
    this.#expectReady();
    const { webview } = this.#panel;
    webview.options = { ...webview.options, localResourceRoots: this.#roots };
    return true;
  }

  /** What WebGPU offers there; null when the page does not come up in time. */
  async ready(timeout: number): Promise<GpuState | null> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((settle) => (timer = setTimeout(() => settle(null), timeout)));
    const closed = new Promise<null>((settle) => this.#panel.onDidDispose(() => settle(null)));
    try {
      return await Promise.race([this.#isReady, late, closed]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Verifies; the outcome comes when the report is shown. */
  run(id: number, job: PanelJob, watch: Watch): Promise<Outcome> {
    return this.#start(id, watch, () => {
      const { samples, seed, sizes, webgpu } = job;
      const address = (uri: vscode.Uri): string => this.#address(uri);
      const inputs = remoteInputs(job.inputs, address);
      const files = { original: this.#remote(job.original), fused: this.#remote(job.fused) };
      void this.#view.call('verify', { id, ...files, samples, seed, sizes, webgpu, inputs });
    });
  }

  /** Times two models. */
  bench(
    id: number,
    job: Pick<PanelJob, 'original' | 'fused' | 'webgpu' | 'sizes'>,
    watch: Watch,
  ): Promise<Result<SpeedReport>> {
    return this.#start(id, watch, () => {
      const { sizes, webgpu } = job;
      const files = { original: this.#remote(job.original), fused: this.#remote(job.fused) };
      void this.#view.call('bench', { id, ...files, sizes, webgpu } satisfies BenchJob);
    });
  }

  #start<T>(id: number, { signal, progress }: Watch, send: () => void): Promise<Result<T>> {
    return new Promise((settle) => {
      this.#settle(cancelled('Another verification took its place.'));
      const onAbort = (): void => void this.#cancel(id);
      this.#running = {
        id,
        progress,
        settle: (outcome) => {
          signal?.removeEventListener('abort', onAbort);
          settle(outcome as Result<T>);
        },
      };
      if (signal?.aborted === true) {
        this.#settle(cancelled('Cancelled.'));
        return;
      }
      signal?.addEventListener('abort', onAbort);
      send();
    });
  }

  async #cancel(id: number): Promise<void> {
    this.#settle(cancelled('Cancelled.'));
    const heard = await this.#view.call('cancel', { id }, { timeout: CANCEL_TIMEOUT });
    // closing the page ends its worker in any case
    if (!heard.ok) this.#panel.dispose();
  }

  #handlers(): ReportHostMethods {
    const ofJob = (id: number): RunningJob | null => (this.#running?.id === id ? this.#running : null);
    return {
      ready: ({ gpu }) => this.#becomeReady(gpu),
      progress: ({ id, fraction, label }) => ofJob(id)?.progress?.(fraction, label),
      finished: ({ id, report }) => {
        if (ofJob(id) !== null) this.#settle({ ok: true, value: report });
      },
      failed: ({ id, problem }) => {
        if (ofJob(id) !== null) this.#settle({ ok: false, problem });
      },
      benched: ({ id, speed }) => {
        if (ofJob(id) !== null) this.#settle({ ok: true, value: speed });
      },
      revealBlock: ({ id }) => this.events.revealBlock(id),
      save: (file) => this.events.save(file),
    };
  }

  #expectReady(): void {
    this.#isReady = new Promise((settle) => (this.#becomeReady = settle));
  }

  #settle(outcome: Result<unknown>): void {
    const running = this.#running;
    this.#running = null;
    running?.settle(outcome);
  }

  #address(uri: vscode.Uri): string {
    return this.#panel.webview.asWebviewUri(uri).toString();
  }

  #remote({ uri, fileName, companions, options }: PanelFile): VerifyJob['original'] {
    const folder = vscode.Uri.joinPath(uri, '..');
    return {
      fileName,
      uri: this.#address(uri),
      ...(options === undefined ? {} : { options }),
      companions: Object.fromEntries(
        companions.map((path) => [path, this.#address(vscode.Uri.joinPath(folder, ...path.split('/')))]),
      ),
    };
  }
}
