/**
 * Starts a script as a web worker. It is handed over as text: a worker may not be started from another origin's address, which that
 * of an extension is. What is posted before it runs waits.
 */
export function startWebThread(readScript: () => Promise<Uint8Array>) {
  const exits: ((reason: string) => void)[] = [];
  const listeners = new Set<(message: unknown) => void>();
  let waiting: [message: unknown, transfer: ArrayBuffer[]][] | null = [];
  let worker: Worker | null = null;
  let ended = false;
  const end = (reason: string): void => {
    if (ended) return;
    ended = true;
    waiting = null;
    worker?.terminate();
    for (const tell of exits) tell(reason);
  };
  const start = async (): Promise<void> => {
    const script = await readScript();
    if (ended) return;
    const address = URL.createObjectURL(new Blob([new Uint8Array(script)], { type: 'text/javascript' }));
    worker = new Worker(address);
    // it runs, so it has its script; the address would keep a copy of it
    worker.addEventListener('message', () => URL.revokeObjectURL(address), { once: true });
    worker.addEventListener('message', ({ data }) => {
      for (const receive of listeners) receive(data);
    });
    // an error that nothing caught; nobody knows in what state it left the worker
    worker.addEventListener('error', ({ message }) => end(message || 'its script could not be run'));
    for (const [message, transfer] of waiting ?? []) worker.postMessage(message, transfer);
    waiting = null;
  };
  void start().catch((error: unknown) => end(error instanceof Error ? error.message : String(error)));
  return {
    post: (message: unknown, transfer: readonly ArrayBuffer[] = []): void => {
      if (waiting !== null) waiting.push([message, [...transfer]]);
      else if (!ended) worker?.postMessage(message, [...transfer]);
    },
    listen: (receive: (message: unknown) => void) => {
      listeners.add(receive);
      return () => void listeners.delete(receive);
    },
    terminate: (): Promise<void> => {
      end('it was ended');
      return Promise.resolve();
    },
    onExit: (listener: (reason: string) => void): void => void exits.push(listener),
  };
}
