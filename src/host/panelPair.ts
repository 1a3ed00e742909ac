import type * as vscode from 'vscode';
import type { FileOptions } from '../protocol/fileOptions';
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
  models: Pick<ModelService, 'companions' | 'optionsOf'>,
  original: vscode.Uri,
  fused: vscode.Uri,
): Promise<Result<PanelPair>> {
  const first = await panelFile(models, original);
  if (!first.ok) return first;
  const second = await panelFile(models, fused, first.value.options);
  return second.ok ? { ok: true, value: { original: first.value, fused: second.value } } : second;
}

async function panelFile(
  models: Pick<ModelService, 'companions' | 'optionsOf'>,
  uri: vscode.Uri,
  ofOther?: FileOptions,
): Promise<Result<PanelFile>> {
  const companions = await models.companions(modelKey(uri));
  if (!companions.ok) return companions;
  // whoever said something of one of the two means both
  const options = { ...ofOther, ...models.optionsOf(modelKey(uri)) };
  return { ok: true, value: { uri, fileName: fileName(uri), companions: companions.value, options } };
}
