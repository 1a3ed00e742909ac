import { raise } from '../../core/result';
import type { ParamsOf } from '../../protocol/rpc';
import type { HandedModelMethods } from '../../protocol/modelWorker';
import { companionList } from '../companionList';
import { memoryCompanions } from '../memoryCompanions';
import type { ModelFiles, ModelSource } from './modelFiles';
import { checkWhole, wholeModel } from './wholeFile';

interface Held {
  readonly bytes: ArrayBuffer;
  readonly companions: Readonly<Record<string, ArrayBuffer>>;
  readonly stamp: string;
}

/** Models whose bytes somebody put in, by any name; what is written is held beside them until somebody takes it. */
export interface MemoryFiles extends ModelFiles {
  put(model: ParamsOf<HandedModelMethods['put']>): void;
  /** null: there is none of that name. */
  take(path: string): ArrayBuffer | null;
}

export function memoryFiles(): MemoryFiles {
  const held = new Map<string, Held>();
  let puts = 0;
  const put: MemoryFiles['put'] = ({ path, bytes, companions }) => {
    const size = Object.values(companions).reduce((sum, one) => sum + one.byteLength, bytes.byteLength);
    checkWhole(size, path);
    held.set(path, { bytes, companions, stamp: `${++puts}` });
  };
  const open = (path: string): ModelSource => {
    const file = held.get(path) ?? raise('not-found', `There is no model "${path}"; hand it over first.`);
    return {
      ...{ title: path, name: path.slice(path.lastIndexOf('/') + 1) },
      ...{ bytes: new Uint8Array(file.bytes), companions: memoryCompanions(file.companions) },
      close: () => undefined,
    };
  };
  return {
    put,
    take: (path) => {
      const bytes = held.get(path)?.bytes ?? null;
      held.delete(path);
      return bytes;
    },
    stamp: async (path) => held.get(path)?.stamp ?? '',
    read: async (path) => open(path),
    companions: async (path) => companionList(open(path)),
    write: async (source, output, encode, { replace, ...watch }) => {
      if (output === source.path)
        raise('usage', `"${output}" is the source itself, which is never overwritten; choose another name.`);
      if (!replace && held.has(output)) raise('exists', `"${output}" exists already.`);
      const { buffer } = await wholeModel(encode(`${output}.data`), output, watch);
      put({ path: output, bytes: buffer, companions: {} });
      return buffer.byteLength;
    },
    samples: async () => [],
    input: async (path) => raise('not-found', `There is no input "${path}".`),
  };
}
