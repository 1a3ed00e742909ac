import * as vscode from 'vscode';
import { askAssumptions } from './assumptionsQuestion';
import { questionsOf } from './assumptionQuestions';
import { fileName } from './files';
import { modelKey } from './modelKey';
import type { ShapeServices } from './setShapes';

/**
 * Change Assumptions…: asks what a checkpoint does not say, remembers it for the file, and reads it again wherever it is shown.
 * @param block whose identity it is about; null: the person chooses.
 */
export async function setAssumptions(
  { models, sessions, messages }: ShapeServices,
  uri: vscode.Uri,
  block: string | null,
): Promise<void> {
  const key = modelKey(uri);
  const { shapes, ...said } = models.optionsOf(key);
  const opened = await models.glimpse(key);
  if (!opened.ok) {
    messages.problem(opened.problem);
    return;
  }
  const isCheckpoint = opened.value.checkpoint !== undefined;
  if (!isCheckpoint) {
    const name = fileName(uri);
    messages.offer('information', vscode.l10n.t('{0} is no checkpoint: nothing is assumed of it.', name));
  }
  // what was said of a checkpoint that has made room for a model keeps that from being read
  const next = isCheckpoint ? await askAssumptions(uri, questionsOf(opened.value), said, block) : {};
  if (next === null || (!isCheckpoint && Object.keys(said).length === 0)) return;
  await models.giveOptions(key, { ...next, ...(shapes === undefined ? {} : { shapes }) });
  await sessions.find(uri)?.load();
}
