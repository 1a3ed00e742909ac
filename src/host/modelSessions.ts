import type * as vscode from 'vscode';
import type { ModelService } from './modelService';
import { ModelSession } from './modelSession';

/** The open model files. VS Code opens one document for a file, whatever number of editors shows it. */
export class ModelSessions {
  readonly #open = new Map<string, ModelSession>();

  constructor(private readonly models: ModelService) {}

  /** A session for a document that VS Code opens. */
  open(uri: vscode.Uri): ModelSession {
    const session = new ModelSession(uri, this.models);
    this.#open.set(uri.toString(), session);
    return session;
  }

  close(session: ModelSession): void {
    if (this.find(session.uri) === session) this.#open.delete(session.uri.toString());
    session.dispose();
  }

  find(uri: vscode.Uri): ModelSession | undefined {
    return this.#open.get(uri.toString());
  }
}
