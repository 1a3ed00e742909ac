import * as vscode from 'vscode';
import { activeModel, fileName } from './files';
import type { ModelGlances } from './modelGlances';
import type { ModelSessions } from './modelSessions';
import { providerSetting } from './settings';
import type { VerifyService } from './verifyService';

/** In the status bar: the blocks of the model in front, and what models are run on. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('replens.model', vscode.StatusBarAlignment.Right, 90);
  readonly #subscriptions: vscode.Disposable;
  /** What the last verification really ran on. */
  #provider: string | null = null;

  constructor(
    private readonly sessions: ModelSessions,
    private readonly glances: ModelGlances,
    verify: Pick<VerifyService, 'onDidFinish'>,
  ) {
    this.#item.name = vscode.l10n.t('RepLens model');
    this.#item.command = 'replens.showGraph';
    const show = (): void => void this.#show();
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.tabGroups.onDidChangeTabs(show),
      vscode.window.tabGroups.onDidChangeTabGroups(show),
      sessions.onDidChange(show),
      glances.onDidChange(show),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('replens') && show()),
      verify.onDidFinish(({ result }) => {
        if (result.ok) this.#provider = result.value.provider;
        show();
      }),
    );
    show();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#item.dispose();
  }

  async #show(): Promise<void> {
    const model = activeModel();
    if (model === undefined) {
      this.#item.hide();
      return;
    }
    const session = this.sessions.find(model);
    const counts = session === undefined ? await this.#glance(model) : (session.view?.totals ?? null);
    // another editor may have come up meanwhile
    if (activeModel()?.toString() !== model.toString()) return;
    if (counts === null) {
      this.#item.hide();
      return;
    }
    const { fusable, refused } = counts;
    const blocks = fusable === 1 ? vscode.l10n.t('1 block') : vscode.l10n.t('{0} blocks', fusable);
    const provider = PROVIDERS[this.#provider ?? providerSetting()] ?? vscode.l10n.t('WebGPU or wasm');
    this.#item.text = `$(git-merge) ${blocks} · ${provider}`;
    this.#item.tooltip = vscode.l10n.t(
      '{0}: {1} can be fused, {2} cannot. Models are run on {3}.',
      fileName(model),
      fusable,
      refused,
      provider,
    );
    this.#item.show();
  }

  async #glance(model: vscode.Uri): Promise<{ readonly fusable: number; readonly refused: number } | null> {
    const glance = await this.glances.get(model);
    return glance?.ok === true ? glance.value : null;
  }
}

const PROVIDERS: Readonly<Record<string, string>> = { webgpu: 'WebGPU', wasm: 'wasm' };
