import * as vscode from 'vscode';
import { fileName } from './files';
import type { Action, Messages } from './messages';
import { isOftenWeights } from './modelEndings';
import { modelKey } from './modelKey';
import type { ModelService } from './modelService';
import type { ModelSessions } from './modelSessions';

export interface GuardServices {
  readonly models: Pick<ModelService, 'glance'>;
  readonly sessions: Pick<ModelSessions, 'find'>;
  readonly messages: Pick<Messages, 'offer'>;
}

/** Whether a file holds weights alone: as its editor knows it, else by its content, where its name leaves that open. */
export async function isCheckpoint({ models, sessions }: GuardServices, uri: vscode.Uri): Promise<boolean> {
  const view = sessions.find(uri)?.view ?? null;
  if (view !== null) return view.format === 'checkpoint';
  if (!isOftenWeights(uri.path)) return false;
  const glance = await models.glance(modelKey(uri));
  return glance.ok && glance.value.format === 'checkpoint';
}

/** Those that have a graph to be shown or compared; says so of a checkpoint, which has none. */
export async function withGraph(
  services: GuardServices,
  models: readonly vscode.Uri[],
  actions: readonly Action[] = [],
): Promise<readonly vscode.Uri[]> {
  for (const model of models) {
    if (!(await isCheckpoint(services, model))) continue;
    const sentence = vscode.l10n.t(
      '{0} is a checkpoint: weights without a graph, of which only the blocks are known. Fuse, Verify and Explain Difference work with those.',
      fileName(model),
    );
    services.messages.offer('information', sentence, actions);
    return [];
  }
  return models;
}
