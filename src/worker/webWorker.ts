import type { HandedModelMethods, ModelWorkerEvents, ModelWorkerMethods } from '../protocol/modelWorker';
import { openRpc, type Handlers } from '../protocol/rpc';
import { filesByPlace } from './files/filesByPlace';
import { hostModelFiles } from './files/hostFiles';
import { memoryFiles } from './files/memoryFiles';
import { modelHandlers } from './modelHandlers';

/**
 * Entry of the worker in a browser, one classic script: beside the extension host of a web window, which hands over files by
 * address, or beside a notebook's output, which puts models in under names.
 */
const scope = globalThis as unknown as Worker;

const memory = memoryFiles();
const files = filesByPlace(hostModelFiles({ call: (...call) => host.call(...call) }), memory);
const models = modelHandlers({
  files,
  verify: null,
  progress: (job, fraction, label) => void host.call('progress', { job, fraction, label }),
});

const host = openRpc<Handlers<ModelWorkerMethods & HandedModelMethods>, ModelWorkerEvents>(
  {
    post: (message, transfer) => scope.postMessage(message, [...(transfer ?? [])]),
    listen: (receive) => {
      const onMessage = (event: MessageEvent<unknown>): void => receive(event.data);
      scope.addEventListener('message', onMessage);
      return () => scope.removeEventListener('message', onMessage);
    },
  },
  {
    ...models,
    put: (model) => memory.put(model),
    take: ({ path }, context) => {
      models.close({ path }, context);
      return memory.take(path);
    },
  },
);
