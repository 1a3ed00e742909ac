import * as vscode from 'vscode';
import { fileExists, fileName, openModelEditor } from './files';
import type { Messages } from './messages';
import { isReadable, MODEL_ENDINGS } from './modelEndings';

/** Opens the models among addresses that were dropped on an editor; says so of what is none. */
export async function openDropped(addresses: readonly string[], messages: Messages): Promise<void> {
  const others: string[] = [];
  for (const address of addresses) {
    const uri = await dropped(address);
    // an address may come from any window: only what VS Code can read itself counts
    if (uri !== null && isReadable(uri.path) && (await fileExists(uri))) await openModelEditor(uri);
    else others.push(uri === null ? address : fileName(uri));
  }
  if (others.length === 0) return;
  const names = others.slice(0, 3).join(', ');
  const endings = MODEL_ENDINGS.join(', ');
  messages.offer('warning', vscode.l10n.t('Only {0} files can be opened here, not {1}.', endings, names));
}

/** The address as the extension host knows it: the window's name for a remote file is not its own. */
async function dropped(address: string): Promise<vscode.Uri | null> {
  let uri: vscode.Uri;
  try {
    uri = vscode.Uri.parse(address, true);
  } catch {
    return null;
  }
  const own = vscode.Uri.file(uri.path);
  // one in the browser has no disk: there it stays a remote file
  return uri.scheme === 'vscode-remote' && (await fileExists(own)) ? own : uri;
}
