import * as vscode from 'vscode';
import type { ModelService } from './modelService';
import { ModelSession } from './modelSession';

/** The open model files. VS Code opens one document for a file, whatever number of editors shows it. */
export class ModelSessions {
  readonly #open = new Map<string, ModelSession>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** A model was opened, read (again) or closed. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly models: ModelService) {}

  /** A session for a document that VS Code opens. */
  open(uri: vscode.Uri): ModelSession {
    const session = new ModelSession(uri, this.models);
    this.#open.set(uri.toString(), session);
    let view: unknown = null;
    session.onDidChange(() => {
      // progress and verdicts change nothing about the model
      if (session.view === view) return;
      view = session.view;
      this.#changed.fire(uri);
    });
    return session;
  }

  close(session: ModelSession): void {
    if (this.find(session.uri) === session) this.#open.delete(session.uri.toString());
    session.dispose();
    this.#changed.fire(session.uri);
  }

  find(uri: vscode.Uri): ModelSession | undefined {
    return this.#open.get(uri.toString());
  }
}
