import * as vscode from 'vscode';
import type { Result, VerificationRecord, VerificationReport } from '../protocol/vocabulary';
import { fileName } from './files';
import type { Messages } from './messages';
import type { ModelService, Watch } from './modelService';
import type { ModelSessions } from './modelSessions';
import { panelInputs, type PanelInputs } from './panelInputs';
import type { ReportPanel } from './reportPanel';
import { runJob } from './runJob';
import { providerSetting, sampleCount } from './settings';
import { panelPair } from './panelPair';
import type { SizesQuestion } from './sizesQuestion';
import { modelKey } from './modelKey';

/** Where the random numbers of the inputs start. */
const SEED = 1;

/** Files that the person chose. */
export type ChosenInputs = Pick<PanelInputs, 'chosen' | 'pixels'>;

const NO_INPUTS: ChosenInputs = { chosen: [], pixels: 'unit' };

interface Asked {
  readonly sizes: Readonly<Record<string, number>>;
  readonly inputs: ChosenInputs;
}

export interface FinishedVerification {
  readonly original: vscode.Uri;
  readonly fused: vscode.Uri;
  readonly result: Result<VerificationRecord>;
}

/** Verify Equivalence: sizes, the run in the report's webview (or, without one, in the worker thread), the verdict. */
export class VerifyService {
  readonly #finished = new vscode.EventEmitter<FinishedVerification>();
  readonly onDidFinish = this.#finished.event;
  #busy = false;

  constructor(
    private readonly models: ModelService,
    private readonly sessions: ModelSessions,
    private readonly messages: Messages,
    private readonly panel: ReportPanel,
    private readonly question: SizesQuestion,
  ) {}

  /** Compares two models. null: the person cancelled, or it failed, which was said. */
  async verify(
    original: vscode.Uri,
    fused: vscode.Uri,
    inputs: ChosenInputs = NO_INPUTS,
  ): Promise<VerificationReport | null> {
    if (this.#busy) {
      this.messages.offer(
        'warning',
        vscode.l10n.t('A verification is running already; wait for it or cancel it.'),
      );
      return null;
    }
    this.#busy = true;
    try {
      const result = await this.#run(original, fused, inputs);
      if (result === null) return null;
      this.#tell(original, result);
      this.#finished.fire({ original, fused, result });
      return result.ok ? result.value : null;
    } finally {
      this.#busy = false;
    }
  }

  async #run(
    original: vscode.Uri,
    fused: vscode.Uri,
    inputs: ChosenInputs,
  ): Promise<Result<VerificationRecord> | null> {
    const open = await this.models.openSizes(modelKey(original));
    if (!open.ok) return open;
    const sizes = await this.question.ask(original, open.value);
    if (sizes === null) return null;
    const session = this.sessions.find(original);
    const title = vscode.l10n.t('Verifying {0}', fileName(fused));
    this.messages.log.info(`Verifying ${modelKey(fused)} against ${modelKey(original)}`, sizes);
    return runJob({ kind: 'verify', title, session }, (watch) =>
      this.measure(original, fused, watch, { sizes, inputs }),
    );
  }

  /** Compares two models in the report's webview, or in the worker where none comes up. Asks nothing, tells nobody. */
  async measure(
    original: vscode.Uri,
    fused: vscode.Uri,
    watch: Watch,
    { sizes, inputs: chosen }: Asked = { sizes: {}, inputs: NO_INPUTS },
  ): Promise<Result<VerificationRecord>> {
    const files = await panelPair(this.models, original, fused);
    if (!files.ok) return files;
    const samples = sampleCount();
    const webgpu = providerSetting() !== 'wasm';
    const inputs = await panelInputs(original, chosen.chosen, chosen.pixels);
    const job = { ...files.value, webgpu, samples, seed: SEED, sizes, inputs };
    const outcome = await this.panel.run(job, watch);
    if (outcome !== null) return outcome;
    this.messages.log.warn(
      'No webview came up to run the models in; verifying on wasm in the worker thread.',
    );
    const paths = { original: modelKey(original), fused: modelKey(fused) };
    const inputPaths = chosen.chosen.map(modelKey);
    return this.models.verify({ ...paths, samples, seed: SEED, sizes, inputs: inputPaths }, watch);
  }

  #tell(original: vscode.Uri, result: Result<VerificationRecord>): void {
    if (!result.ok) {
      this.messages.problem(result.problem);
      return;
    }
    const { verdict, reason, provider, adapter } = result.value;
    this.messages.log.info(
      `Verdict ${verdict} on ${provider}${adapter === null ? '' : ` (${adapter})`}: ${reason}`,
    );
    this.sessions.find(original)?.setVerdict({ verdict, reason });
    const kind = ({ equivalent: 'information', 'not-equivalent': 'error', inconclusive: 'warning' } as const)[
      verdict
    ];
    const measured =
      adapter === null
        ? vscode.l10n.t('measured on {0}', provider)
        : vscode.l10n.t('measured on {0}: {1}', provider, adapter);
    this.messages.offer(kind, `${headline(verdict)} ${reason} (${measured})`);
  }
}

function headline(verdict: VerificationReport['verdict']): string {
  if (verdict === 'equivalent') return vscode.l10n.t('Equivalent.');
  return verdict === 'not-equivalent' ? vscode.l10n.t('Not equivalent.') : vscode.l10n.t('Inconclusive.');
}
