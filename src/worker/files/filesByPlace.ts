import { isAddress } from './addresses';
import type { ModelFiles } from './modelFiles';

/** Files with an address in one place, all others in another; a model is written to where its output's path says. */
export function filesByPlace(addressed: ModelFiles, others: ModelFiles): ModelFiles {
  const at = (path: string): ModelFiles => (isAddress(path) ? addressed : others);
  return {
    stamp: (path) => at(path).stamp(path),
    read: (path, watch) => at(path).read(path, watch),
    companions: (path) => at(path).companions(path),
    write: (source, output, ...rest) => at(output).write(source, output, ...rest),
    samples: (path) => at(path).samples(path),
    input: (path) => at(path).input(path),
  };
}
