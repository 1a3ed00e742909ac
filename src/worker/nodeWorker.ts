import { parentPort, workerData } from 'node:worker_threads';
import type { ModelWorkerEvents } from '../protocol/modelWorker';
import { openRpc } from '../protocol/rpc';
import { modelHandlers } from './modelHandlers';

/** Entry of the worker thread beside the extension host. */
const { ortFolder } = workerData as { readonly ortFolder: string };

if (parentPort === null) throw new Error('This file runs as a worker thread only.');
const port = parentPort;

const host = openRpc<ReturnType<typeof modelHandlers>, ModelWorkerEvents>(
  {
    post: (message, transfer) => port.postMessage(message, [...(transfer ?? [])]),
    listen: (receive) => {
      port.on('message', receive);
      return () => port.off('message', receive);
    },
  },
  modelHandlers({
    ortFolder,
    progress: (job, fraction, label) => void host.call('progress', { job, fraction, label }),
  }),
);
