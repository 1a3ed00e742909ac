import * as vscode from 'vscode';
import type { Result, SpeedReport } from '../protocol/vocabulary';
import { fileName } from './files';
import type { Messages } from './messages';
import type { ModelService, Watch } from './modelService';
import type { ModelSessions } from './modelSessions';
import type { ReportPanel } from './reportPanel';
import { runJob } from './runJob';
import { providerSetting } from './settings';
import { panelPair } from './panelPair';
import type { SizesQuestion } from './sizesQuestion';
import { modelKey } from './modelKey';

/** Benchmark: both models timed in turns in the report's webview. */
export class BenchService {
  constructor(
    private readonly models: ModelService,
    private readonly sessions: ModelSessions,
    private readonly messages: Messages,
    private readonly panel: ReportPanel,
    private readonly question: SizesQuestion,
  ) {}

  /** null: the person cancelled, or it failed, which was said. */
  async bench(original: vscode.Uri, fused: vscode.Uri): Promise<SpeedReport | null> {
    const open = await this.models.openSizes(modelKey(original));
    const sizes = open.ok ? await this.question.ask(original, open.value) : {};
    if (sizes === null) return null;
    const session = this.sessions.find(original);
    const title = vscode.l10n.t('Timing {0}', fileName(fused));
    const result = open.ok
      ? await runJob({ kind: 'verify', title, session }, (watch) => this.#run(original, fused, sizes, watch))
      : open;
    if (result.ok) {
      this.messages.offer('information', result.value.summary);
      return result.value;
    }
    this.messages.problem(result.problem);
    return null;
  }

  async #run(
    original: vscode.Uri,
    fused: vscode.Uri,
    sizes: Readonly<Record<string, number>>,
    watch: Watch,
  ): Promise<Result<SpeedReport>> {
    const files = await panelPair(this.models, original, fused);
    if (!files.ok) return files;
    const job = { ...files.value, sizes };
    const wantsGpu = providerSetting() !== 'wasm';
    let result = await this.panel.bench({ ...job, webgpu: wantsGpu }, watch);
    // without an adapter, times on wasm are what there is
    if (wantsGpu && result?.ok === false && result.problem.code !== 'cancelled')
      result = await this.panel.bench({ ...job, webgpu: false }, watch);
    const message = vscode.l10n.t('The timing needs the report view, which did not come up.');
    return result ?? { ok: false, problem: { code: 'unsupported', message } };
  }
}
