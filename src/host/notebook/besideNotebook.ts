import * as vscode from 'vscode';
import { checkedPath } from '../../core/view/notebook/envelope';
import { raise } from '../../protocol/vocabulary';

/** The real place of a file, with all links followed. */
export type RealPath = (path: string) => Promise<string>;

/**
 * The file that a notebook names by a path relative to itself: inside the notebook's folder or the workspace's, links included.
 * @throws ProblemError for all others: the notebook may come from anywhere.
 */
export async function besideNotebook(
  notebook: vscode.Uri,
  path: unknown,
  realPath: RealPath,
): Promise<vscode.Uri> {
  const plain = checkedPath(path);
  if (notebook.scheme === 'untitled')
    raise('not-found', vscode.l10n.t('The path {0} is relative to the notebook; save that first.', plain));
  const folder = vscode.Uri.joinPath(notebook, '..');
  const file = vscode.Uri.joinPath(folder, plain);
  const workspace = vscode.workspace.getWorkspaceFolder(notebook)?.uri;
  const roots = workspace === undefined ? [folder] : [folder, workspace];
  for (const root of roots) {
    if (!contains(root.path, file.path)) continue;
    if (file.scheme !== 'file' || (await isReallyIn(root, file, realPath))) return file;
  }
  raise(
    'unsafe-path',
    vscode.l10n.t(
      'The file {0} is not in the folder of the notebook or the workspace, so it is not opened.',
      plain,
    ),
  );
}

/** A file's path as a notebook names it; null where it lies elsewhere. */
export function pathFromNotebook(notebook: vscode.Uri, file: vscode.Uri): string | null {
  const folder = `${vscode.Uri.joinPath(notebook, '..').path.replace(/\/$/, '')}/`;
  return file.path.startsWith(folder) ? file.path.slice(folder.length) : null;
}

async function isReallyIn(root: vscode.Uri, file: vscode.Uri, realPath: RealPath): Promise<boolean> {
  const real = async (uri: vscode.Uri): Promise<string> => {
    try {
      return vscode.Uri.file(await realPath(uri.fsPath)).path;
    } catch {
      // what is not there leads nowhere; the reader says so
      return uri.path;
    }
  };
  return contains(await real(root), await real(file));
}

function contains(folder: string, file: string): boolean {
  return file.startsWith(`${folder.replace(/\/$/, '')}/`);
}
