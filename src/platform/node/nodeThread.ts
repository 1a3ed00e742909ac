import { Worker } from 'node:worker_threads';

/** Starts a bundle as a thread of Node. */
export function startNodeThread(script: string, workerData: unknown) {
  const worker = new Worker(script, { workerData });
  let reason = 'it ended by itself';
  worker.on('error', (error) => (reason = error.message));
  return {
    post: (message: unknown, transfer: readonly ArrayBuffer[] = []): void =>
      worker.postMessage(message, [...transfer]),
    listen: (receive: (message: unknown) => void) => {
      worker.on('message', receive);
      return () => void worker.off('message', receive);
    },
    terminate: async (): Promise<void> => void (await worker.terminate()),
    onExit: (listener: (reason: string) => void): void => void worker.on('exit', () => listener(reason)),
  };
}
