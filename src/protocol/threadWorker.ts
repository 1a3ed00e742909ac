import type { Port } from './rpc';

/** A worker beside the extension host, be it a thread of Node or a web worker. */
export interface ThreadWorker extends Port {
  /** Settles when no line of it runs any more. */
  terminate(): Promise<void>;
  /** It has ended, by itself or not; with what it said last. */
  onExit(listener: (reason: string) => void): void;
}
