import type { CompanionFiles } from '../core/ports';
import { raise } from '../core/result';

/** Companion files whose bytes are at hand, by relative path. */
export function memoryCompanions(files: Readonly<Record<string, ArrayBuffer>>): CompanionFiles {
  return {
    open: (path) => {
      const buffer = Object.hasOwn(files, path) ? files[path] : undefined;
      if (buffer === undefined)
        return raise('not-found', `The file "${path}" beside the model was not sent along.`);
      return { size: buffer.byteLength, read: (offset, length) => new Uint8Array(buffer, offset, length) };
    },
  };
}
