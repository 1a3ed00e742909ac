import * as vscode from 'vscode';

/** Puts `samples/replens_helper.py` into the active notebook, as a cell before the chosen one. */
export async function insertNotebookHelper(extension: vscode.Uri): Promise<void> {
  const editor = vscode.window.activeNotebookEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open a notebook first: the helper becomes a cell of it.'),
    );
    return;
  }
  const file = vscode.Uri.joinPath(extension, 'samples', 'replens_helper.py');
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  const at = editor.notebook.cellCount === 0 ? 0 : editor.selection.start;
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'python');
  const edit = new vscode.WorkspaceEdit();
  edit.set(editor.notebook.uri, [vscode.NotebookEdit.insertCells(at, [cell])]);
  await vscode.workspace.applyEdit(edit);
  const chosen = new vscode.NotebookRange(at, at + 1);
  editor.selection = chosen;
  editor.revealRange(chosen);
}
