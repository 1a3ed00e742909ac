import type { ThreadWorker } from '../protocol/threadWorker';
import type { modelCalls } from './python/modelCalls';

/** What is one thing in Node and another in a browser; the composition roots give it. */
export interface HostPlatform {
  /** Milliseconds of work up to now: of this thread's own processor time where that is known, else of the clock. */
  workedMs(): number;
  /** Starts the worker that reads and writes models. */
  startThread(): ThreadWorker;
  /** Whether that worker can run models too; where not, they run in the report only. */
  readonly threadRunsModels: boolean;
  /** Removes what a writer that was ended left beside its output since then. */
  removeStaleTemporaries(output: string, since: number): void;
  /** The place of a file on the disk with all links followed. Rejects where there is none. */
  realPath(path: string): Promise<string>;
  /** Loads the reader of Python: it is large, and not there before a script speaks of a model. */
  loadModelCalls(): Promise<typeof modelCalls>;
}
