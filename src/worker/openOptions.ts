import type { GivenAssumptions } from '../core/checkpoint/assumptions';
import type { FileOptions } from '../protocol/fileOptions';
import type { OpenOptions } from './jobs/openSource';

/** What a person said of a file, as the pipeline takes it. */
export function openOptions({
  shapes = {},
  bnEps,
  identity,
}: FileOptions): Required<Pick<OpenOptions, 'shapes'>> & OpenOptions {
  const given: GivenAssumptions = {
    ...(bnEps === undefined ? {} : { bnEps }),
    ...(identity === undefined ? {} : { identity: new Map(Object.entries(identity)) }),
  };
  return {
    shapes: new Map(Object.entries(shapes)),
    // a model that is no checkpoint takes none
    ...(Object.keys(given).length === 0 ? {} : { given }),
  };
}
