import { decodeOnnx } from '../core/onnx/decode';
import { unwrap } from '../core/result';
import { openSparsely } from '../platform/node/sparseModelFile';
import { notedCompanions } from './notedCompanions';

/** Files beside a model that hold weights of it, relative to its folder. @throws ProblemError what is wrong with it. */
export function companionList(path: string): readonly string[] {
  const { companions, names } = notedCompanions(path);
  try {
    const file = openSparsely(path);
    try {
      unwrap(decodeOnnx(file.bytes, { fileName: path, companions, touch: file.touch }));
    } finally {
      file.close();
    }
  } finally {
    companions.close();
  }
  return [...names];
}
