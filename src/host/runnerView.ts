import * as vscode from 'vscode';
import type { GpuState, ReportHostMethods, ReportViewMethods, VerifyJob } from '../protocol/report';
import { openRpc, type Rpc } from '../protocol/rpc';
import type { Result, VerificationReport } from '../protocol/vocabulary';
import type { Watch } from './modelService';
import { assetsFolder, webviewPage } from './webviewPage';
import { webviewPort } from './webviewPort';

/** Where a job's files lie; addresses for the webview are made when it is there. */
export interface PanelJob extends Pick<VerifyJob, 'samples' | 'seed' | 'sizes' | 'webgpu'> {
  readonly original: PanelFile;
  readonly fused: PanelFile;
}

export interface PanelFile {
  readonly uri: vscode.Uri;
  readonly fileName: string;
  /** External data beside it, relative to its folder. */
  readonly companions: readonly string[];
}

export type Outcome = Result<VerificationReport>;

interface RunningJob {
  readonly id: number;
  readonly settle: (outcome: Outcome) => void;
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
    private readonly onRevealBlock: (id: string) => void,
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

  run(id: number, job: PanelJob, { signal, progress }: Watch): Promise<Outcome> {
    return new Promise((settle) => {
      this.#settle(cancelled('Another verification took its place.'));
      const onAbort = (): void => void this.#cancel(id);
      this.#running = {
        id,
        progress,
        settle: (outcome) => {
          signal?.removeEventListener('abort', onAbort);
          settle(outcome);
        },
      };
      if (signal?.aborted === true) {
        this.#settle(cancelled('Cancelled.'));
        return;
      }
      signal?.addEventListener('abort', onAbort);
      const { samples, seed, sizes, webgpu } = job;
      const files = { original: this.#remote(job.original), fused: this.#remote(job.fused) };
      void this.#view.call('verify', { id, ...files, samples, seed, sizes, webgpu });
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
      revealBlock: ({ id }) => this.onRevealBlock(id),
    };
  }

  #expectReady(): void {
    this.#isReady = new Promise((settle) => (this.#becomeReady = settle));
  }

  #settle(outcome: Outcome): void {
    const running = this.#running;
    this.#running = null;
    running?.settle(outcome);
  }

  #remote({ uri, fileName, companions }: PanelFile): VerifyJob['original'] {
    const address = (target: vscode.Uri): string => this.#panel.webview.asWebviewUri(target).toString();
    const folder = vscode.Uri.joinPath(uri, '..');
    return {
      fileName,
      uri: address(uri),
      companions: Object.fromEntries(
        companions.map((path) => [path, address(vscode.Uri.joinPath(folder, ...path.split('/')))]),
      ),
    };
  }
}
