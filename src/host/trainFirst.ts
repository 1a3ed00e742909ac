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
  // the two forms may have one name in two folders
  const item = (uri: vscode.Uri) => ({
    label: fileName(uri),
    description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, '..')),
    uri,
  });
  const answer = await vscode.window.showQuickPick([item(one), item(other)], {
    title: vscode.l10n.t('Which one was trained, with its branches apart?'),
    ignoreFocusOut: true,
  });
  if (answer === undefined) return undefined;
  return answer.uri === one ? [one, other] : [other, one];
}
