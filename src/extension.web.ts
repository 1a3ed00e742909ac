import * as vscode from 'vscode';
import { compose, type RepLensApi } from './host/composition';
import type { HostPlatform } from './host/hostPlatform';
import { loadScript } from './host/loadScript';
import type * as ModelCalls from './host/python/modelCalls';
import { startWebThread } from './platform/web/webThread';

/** The extension in a browser's extension host: no Node, all files through `vscode.workspace.fs`. */
export function activate(context: vscode.ExtensionContext): RepLensApi {
  return compose(context, webPlatform(context.extensionUri));
}

function webPlatform(extensionUri: vscode.Uri): HostPlatform {
  const script = (...path: string[]): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'dist', ...path);
  return {
    workedMs: () => performance.now(),
    startThread: () =>
      startWebThread(async () => vscode.workspace.fs.readFile(script('webview', 'modelWorker.js'))),
    threadRunsModels: false,
    // the extension host writes itself, and tidies up when the worker has gone
    removeStaleTemporaries: () => undefined,
    // what a browser's file systems hold has no links
    realPath: (path) => Promise.resolve(path),
    loadModelCalls: async () => (await loadScript<typeof ModelCalls>(script('modelCalls.js'))).modelCalls,
  };
}
