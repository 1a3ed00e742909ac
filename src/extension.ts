import { realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type * as vscode from 'vscode';
import { compose, type RepLensApi } from './host/composition';
import type { HostPlatform } from './host/hostPlatform';
import { loadModelCalls } from './host/python/loadModelCalls';
import { startNodeThread } from './platform/node/nodeThread';
import { removeStaleTemporaries } from './platform/node/staleTemporaries';
import { threadMs } from './platform/node/threadMs';

export type { RepLensApi } from './host/composition';

/** The extension beside a window's own or a remote extension host, in Node. */
export function activate(context: vscode.ExtensionContext): RepLensApi {
  return compose(context, nodePlatform(context.asAbsolutePath('dist')));
}

/** @param dist the folder of the bundles. */
function nodePlatform(dist: string): HostPlatform {
  return {
    workedMs: threadMs,
    startThread: () => startNodeThread(join(dist, 'modelWorker.js'), { ortFolder: join(dist, 'ort') }),
    threadRunsModels: true,
    removeStaleTemporaries: (output, since) => {
      if (isAbsolute(output)) removeStaleTemporaries(output, since);
    },
    realPath: (path) => realpath(path),
    loadModelCalls,
  };
}
