import * as vscode from 'vscode';
import { fileName } from './files';
import { modelKey } from './modelKey';
import type { ModelService } from './modelService';

/**
 * Two forms of one network, the one with its branches apart first: whichever has more blocks to merge, or, where both have as
 * many, whichever the person says. undefined: they would rather not.
 */
export async function trainFirst(
  models: Pick<ModelService, 'glance'>,
  one: vscode.Uri,
  other: vscode.Uri,
): Promise<readonly [train: vscode.Uri, deploy: vscode.Uri] | undefined> {
  const [first, second] = await Promise.all([models.glance(modelKey(one)), models.glance(modelKey(other))]);
  // what is wrong with a file is said by who measures it
  if (!first.ok || !second.ok) return [one, other];
  const more = first.value.fusable - second.value.fusable;
  if (more !== 0) return more > 0 ? [one, other] : [other, one];
  const answer = await vscode.window.showQuickPick([fileName(one), fileName(other)], {
    title: vscode.l10n.t('Which one was trained, with its branches apart?'),
    ignoreFocusOut: true,
  });
  if (answer === undefined) return undefined;
  return answer === fileName(one) ? [one, other] : [other, one];
}
