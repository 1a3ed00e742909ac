import * as vscode from 'vscode';
import { GIVE_SHAPES } from '../protocol/vocabulary';
import type { Messages } from './messages';
import { fileName } from './files';
import { modelKey } from './modelKey';
import type { ModelService } from './modelService';
import type { ModelSessions } from './modelSessions';
import { askShapes } from './shapesQuestion';
import type { TextDocuments } from './text/textDocuments';

export interface ShapeServices {
  readonly models: Pick<ModelService, 'optionsOf' | 'giveOptions' | 'checkOptions' | 'glimpse'>;
  readonly sessions: ModelSessions;
  readonly texts: Pick<TextDocuments, 'refresh'>;
  readonly messages: Messages;
}

/** Set Input Shapes…: asks, remembers them for the file, and reads it again wherever it is shown. */
export async function setShapes(services: ShapeServices, uri: vscode.Uri): Promise<void> {
  const { models, sessions, texts, messages } = services;
  const key = modelKey(uri);
  const opened = await models.glimpse(key);
  if (!opened.ok && !opened.problem.message.includes(GIVE_SHAPES)) {
    messages.problem(opened.problem);
    return;
  }
  if (opened.ok && opened.value.format !== 'torchscript') {
    messages.offer(
      'information',
      vscode.l10n.t(
        '{0} says its own shapes; sizes that it leaves open are asked for when it is run.',
        fileName(uri),
      ),
    );
    return;
  }
  // without shapes nobody may know the inputs
  const inputs = opened.ok ? opened.value.model.inputs : null;
  const shapes = await askShapes(models, uri, inputs, models.optionsOf(key).shapes ?? null);
  if (shapes === null) return;
  await models.giveOptions(key, { ...models.optionsOf(key), shapes });
  await Promise.all([sessions.find(uri)?.load(), texts.refresh(uri)]);
}
