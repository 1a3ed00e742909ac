import { parentPort, workerData } from 'node:worker_threads';
import { unwrap } from '../core/result';
import type { ModelWorkerEvents } from '../protocol/modelWorker';
import { openRpc } from '../protocol/rpc';
import { diskFiles } from './files/diskFiles';
import { filesByPlace } from './files/filesByPlace';
import { hostModelFiles } from './files/hostFiles';
import { verifyFiles } from './jobs/verifyFiles';
import { modelHandlers } from './modelHandlers';
import { openOptions } from './openOptions';

/** Entry of the worker thread beside the extension host. */
const { ortFolder } = workerData as { readonly ortFolder: string };

if (parentPort === null) throw new Error('This file runs as a worker thread only.');
const port = parentPort;

const files = filesByPlace(hostModelFiles({ call: (...call) => host.call(...call) }), diskFiles);

const host = openRpc<ReturnType<typeof modelHandlers>, ModelWorkerEvents>(
  {
    post: (message, transfer) => port.postMessage(message, [...(transfer ?? [])]),
    listen: (receive) => {
      port.on('message', receive);
      return () => port.off('message', receive);
    },
  },
  modelHandlers({
    files,
    verify: async ({ original, fused, sizes, ...rest }, watch, optionsOf) => {
      const said = openOptions(optionsOf(original));
      const { shapes: own, given: fusedGiven } = openOptions(optionsOf(fused));
      const options = {
        ...{ ...rest, sizes: new Map(Object.entries(sizes)), ortFolder, explains: true },
        ...{ ...said, fusedShapes: own.size > 0 ? own : said.shapes },
        ...(fusedGiven === undefined ? {} : { fusedGiven }),
      };
      return unwrap(await verifyFiles(original, fused, options, watch, files));
    },
    progress: (job, fraction, label) => void host.call('progress', { job, fraction, label }),
  }),
);
