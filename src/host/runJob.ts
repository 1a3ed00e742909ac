import * as vscode from 'vscode';
import type { Job } from '../protocol/editor';
import { latest } from './latest';
import type { ModelSession } from './modelSession';
import type { Watch } from './modelService';

export interface JobOptions {
  readonly kind: Job['kind'];
  readonly title: string;
  /** The open editors of the model that the job works on, if any. */
  readonly session: ModelSession | undefined;
}

/** A state of a large model is large: it is sent no more often than a person can see. */
const PAUSE_MS = 100;

/** Runs a job under a notification with Cancel; the model's editors show it too, and can cancel it as well. */
export function runJob<T>(
  { kind, title, session }: JobOptions,
  work: (watch: Required<Watch>) => Promise<T>,
): Thenable<T> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (notification, token) => {
    const controller = new AbortController();
    const subscription = token.onCancellationRequested(() => controller.abort());
    const cancel = (): void => controller.abort();
    let percentShown = 0;
    const show = latest(PAUSE_MS, (fraction: number, label: string) => {
      const percent = Math.round(100 * Math.min(1, Math.max(0, fraction)));
      notification.report({ message: label, increment: Math.max(0, percent - percentShown) });
      percentShown = Math.max(percentShown, percent);
      session?.setJob({ kind, fraction, label }, cancel);
    });
    session?.setJob({ kind, fraction: 0, label: '' }, cancel);
    try {
      return await work({ signal: controller.signal, progress: show.call });
    } finally {
      show.stop();
      subscription.dispose();
      session?.setJob(null);
    }
  });
}
