import type { ByteSource } from '../../ports';

/** Bytes at hand, of which `touch` reads a part before it is used. */
export function memorySource(bytes: Uint8Array, touch: (view: Uint8Array) => void): ByteSource {
  return {
    size: bytes.length,
    read(offset, length) {
      const view = bytes.subarray(offset, offset + length);
      touch(view);
      return view;
    },
  };
}
