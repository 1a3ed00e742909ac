import type { HostChannel } from './hostChannel';
import type { ModelWorkers } from './modelWorkers';

/** What an output works with. */
export interface Services {
  readonly channel: HostChannel;
  readonly models: ModelWorkers;
  /** The folder of the bundles. */
  readonly base: URL;
  /** Whether models may be run: not in a workspace that the person does not trust. */
  readonly trusted: boolean;
}
