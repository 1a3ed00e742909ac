import * as vscode from 'vscode';
import type { ItemVerdict } from '../core/view/map/verdicts';
import type { ModelView } from '../core/view/modelView';
import type { EditorState, Job, ModelSelection, VerdictNote } from '../protocol/editor';
import { GIVE_SHAPES } from '../protocol/vocabulary';
import { fileName, ownSentence } from './files';
import type { ModelService } from './modelService';
import { modelKey } from './modelKey';

/** Changes on disk come in bursts: a temporary file, a rename, a touch. */
const SETTLE_MS = 250;

/** One open model file: what all its editors show. */
export class ModelSession implements vscode.Disposable {
  /** A block that is to be shown by an editor that is not up yet. */
  wanted: string | null = null;
  /** What was chosen last in an editor of this file. */
  chosen: ModelSelection | null = null;
  #state: EditorState;
  #revision = 0;
  #loading: AbortController | null = null;
  #cancelJob: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #changed = new vscode.EventEmitter<EditorState>();
  readonly #revealed = new vscode.EventEmitter<string>();
  readonly #watcher: vscode.FileSystemWatcher;
  readonly onDidChange = this.#changed.event;
  /** Somebody wants a block shown. */
  readonly onDidReveal = this.#revealed.event;

  constructor(
    readonly uri: vscode.Uri,
    private readonly models: ModelService,
  ) {
    this.#state = loading(this.#name, 0, '');
    const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), fileName(uri));
    this.#watcher = vscode.workspace.createFileSystemWatcher(pattern);
    this.#watcher.onDidChange(() => this.#reloadSoon());
    this.#watcher.onDidCreate(() => this.#reloadSoon());
    this.#watcher.onDidDelete(() => this.#reloadSoon());
  }

  get state(): EditorState {
    return this.#state;
  }

  /** The model, as soon as it has been read. */
  get view(): ModelView | null {
    return this.#state.status === 'ready' ? this.#state.view : null;
  }

  /** Reads the file, again if it was read before; what is shown stays until then. */
  async load(): Promise<void> {
    this.#loading?.abort();
    const controller = (this.#loading = new AbortController());
    if (this.#state.status !== 'ready') this.#set(loading(this.#name, 0, ''));
    const { shapes, ...assumptions } = this.models.optionsOf(modelKey(this.uri));
    const givenShapes = shapes !== undefined;
    const result = await this.models.open(modelKey(this.uri), {
      signal: controller.signal,
      progress: (fraction, label) => {
        if (this.#state.status === 'loading') this.#set(loading(this.#name, fraction, label));
      },
    });
    if (controller.signal.aborted) return;
    this.#loading = null;
    const name = this.#name;
    if (!result.ok)
      this.#set({
        ...{ status: 'failed', fileName: name, problem: ownSentence(this.uri, result.problem) },
        offersShapes: givenShapes || result.problem.message.includes(GIVE_SHAPES),
        offersAssumptions: Object.keys(assumptions).length > 0,
      });
    else {
      const job = this.#state.status === 'ready' ? this.#state.job : null;
      this.#set({
        status: 'ready',
        fileName: name,
        view: result.value,
        revision: ++this.#revision,
        givenShapes,
        job,
        verdict: null,
        verdicts: [],
      });
    }
  }

  /** Shows a job on this model, or its end. `cancel` ends it. */
  setJob(job: Job | null, cancel: (() => void) | null = null): void {
    this.#cancelJob = cancel;
    if (this.#state.status === 'ready') this.#set({ ...this.#state, job });
  }

  cancelJob(): void {
    this.#cancelJob?.();
  }

  setVerdict(verdict: VerdictNote | null): void {
    if (this.#state.status === 'ready') this.#set({ ...this.#state, verdict });
  }

  /** What is known of single blocks and nodes; a reload forgets it. */
  setVerdicts(verdicts: readonly ItemVerdict[]): void {
    const state = this.#state;
    if (state.status !== 'ready' || (verdicts.length === 0 && state.verdicts.length === 0)) return;
    this.#set({ ...state, verdicts });
  }

  /** Shows a block in the editors of this file, or in the first that comes up. */
  reveal(id: string): void {
    this.wanted = id;
    this.#revealed.fire(id);
  }

  /** Settles when the file has been read or could not be. */
  async whenLoaded(): Promise<void> {
    if (this.#state.status !== 'loading') return;
    await new Promise<void>((settle) => {
      const subscription = this.onDidChange(({ status }) => {
        if (status === 'loading') return;
        subscription.dispose();
        settle();
      });
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#loading?.abort();
    this.#watcher.dispose();
    this.#changed.dispose();
    this.#revealed.dispose();
    this.models.close(modelKey(this.uri));
  }

  get #name(): string {
    return fileName(this.uri);
  }

  #set(state: EditorState): void {
    this.#state = state;
    this.#changed.fire(state);
  }

  #reloadSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), SETTLE_MS);
  }
}

function loading(name: string, fraction: number, label: string): EditorState {
  return { status: 'loading', fileName: name, fraction, label };
}
