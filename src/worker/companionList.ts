import { decodeOnnx } from '../core/onnx/decode';
import { unwrap } from '../core/result';
import { companionFiles } from '../platform/node/companionFiles';
import { readModelFile } from '../platform/node/readModelFile';

/** Files beside a model that hold weights of it, relative to its folder. @throws ProblemError what is wrong with it. */
export function companionList(path: string): readonly string[] {
  const names = new Set<string>();
  const files = companionFiles(path);
  try {
    const companions = {
      open: (name: string) => {
        names.add(name);
        return files.open(name);
      },
    };
    unwrap(decodeOnnx(unwrap(readModelFile(path)), { fileName: path, companions }));
  } finally {
    files.close();
  }
  return [...names];
}
