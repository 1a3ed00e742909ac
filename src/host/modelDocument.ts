import type * as vscode from 'vscode';
import type { ModelSession } from './modelSession';

/** A model file as VS Code's custom editors want it: read-only, all state in its session. */
export class ModelDocument implements vscode.CustomDocument {
  constructor(
    readonly session: ModelSession,
    private readonly onDispose: () => void,
  ) {}

  get uri(): vscode.Uri {
    return this.session.uri;
  }

  dispose(): void {
    this.onDispose();
  }
}
