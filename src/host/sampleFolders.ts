import * as vscode from 'vscode';
import { sampleSets } from '../platform/sampleSets';

/** The inputs that come with a model, set by set, paths relative to the model's folder. */
export async function sampleFolders(model: vscode.Uri): Promise<readonly (readonly string[])[]> {
  return sampleSets(async (folder) => {
    try {
      const uri = vscode.Uri.joinPath(model, '..', folder);
      return (await vscode.workspace.fs.readDirectory(uri)).map(([name]) => name);
    } catch {
      return [];
    }
  });
}
