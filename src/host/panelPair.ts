import type * as vscode from 'vscode';
import type { InputShapeList } from '../protocol/modelWorker';
import type { Result } from '../protocol/vocabulary';
import { fileName } from './files';
import type { ModelService } from './modelService';
import type { PanelFile } from './runnerView';
import { modelKey } from './modelKey';

/** Two models as the report's webview is handed them, each with the files beside it that hold its weights. */
export interface PanelPair {
  readonly original: PanelFile;
  readonly fused: PanelFile;
}

export async function panelPair(
  models: Pick<ModelService, 'companions' | 'shapesOf'>,
  original: vscode.Uri,
  fused: vscode.Uri,
): Promise<Result<PanelPair>> {
  const first = await panelFile(models, original);
  if (!first.ok) return first;
  const second = await panelFile(models, fused, first.value.shapes);
  return second.ok ? { ok: true, value: { original: first.value, fused: second.value } } : second;
}

async function panelFile(
  models: Pick<ModelService, 'companions' | 'shapesOf'>,
  uri: vscode.Uri,
  shapesOfOther?: InputShapeList,
): Promise<Result<PanelFile>> {
  const companions = await models.companions(modelKey(uri));
  if (!companions.ok) return companions;
  // whoever gave shapes to one of the two means both
  const shapes = models.shapesOf(modelKey(uri)) ?? shapesOfOther;
  const file = { uri, fileName: fileName(uri), companions: companions.value };
  return { ok: true, value: { ...file, ...(shapes === undefined ? {} : { shapes }) } };
}
