import type { Port } from '../../src/protocol/rpc';

/** The channel to a worker. */
export function workerPort(worker: Worker): Port {
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    listen: (receive) => {
      const onMessage = (event: MessageEvent<unknown>): void => receive(event.data);
      worker.addEventListener('message', onMessage);
      return () => worker.removeEventListener('message', onMessage);
    },
  };
}
