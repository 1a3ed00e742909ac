import { decodeModel } from '../core/pipeline';
import { unwrap } from '../core/result';
import { isZip } from '../core/torch/archive/zipDirectory';
import type { ModelSource } from './files/modelFiles';
import { notedCompanions } from './notedCompanions';

/** Files beside a model that hold weights of it, relative to its folder. @throws ProblemError what is wrong with it. */
export function companionList(source: Omit<ModelSource, 'close' | 'name'>): readonly string[] {
  // an archive of PyTorch holds all that is its own
  if (isZip(source.bytes)) return [];
  const companions = notedCompanions(source.companions);
  unwrap(decodeModel(source.bytes, { ...source, fileName: source.title, companions }));
  return [...companions.names];
}
