import type { RunnerWorkerEvents } from '../protocol/report';
import { decodePicture } from '../platform/web/decodePicture';
import { hash } from '../platform/web/hash';
import { openRpc } from '../protocol/rpc';
import { createBothRunners } from '../runtime/bothRunners';
import { openGpuDevice } from '../runtime/gpuDevice';
import { runnerHandlers } from './runnerHandlers';

/** Entry of the blob worker that holds the sessions of a verification: one classic script, bytes come in by transfer. */
const scope = globalThis as unknown as Worker;

const view = openRpc<ReturnType<typeof runnerHandlers>, RunnerWorkerEvents>(
  {
    post: (message, transfer) => scope.postMessage(message, [...(transfer ?? [])]),
    listen: (receive) => {
      const onMessage = (event: MessageEvent<unknown>): void => receive(event.data);
      scope.addEventListener('message', onMessage);
      return () => scope.removeEventListener('message', onMessage);
    },
  },
  runnerHandlers({
    gpu: async () => {
      const opened = await openGpuDevice();
      if (!opened.ok) return { available: false, reason: opened.problem.message };
      opened.value.device.destroy();
      return { available: true, adapter: opened.value.adapter };
    },
    runners: createBothRunners,
    hash,
    decodePicture,
    progress: (fraction, label) => void view.call('progress', { fraction, label }),
  }),
);
