import { lazyChunk } from '../../onnx/chunks';
import type { Chunk } from '../../ports';
import type { Archive } from '../archive/archive';

/** Parts of this size are read from the old archive at a time. */
const PART_BYTES = 2 ** 23;

/** The bytes of an entry, read when a writer reaches them. */
export function copiedEntry(archive: Archive, name: string): Chunk {
  const source = archive.open(name);
  return lazyChunk(
    source.size,
    function* () {
      for (let at = 0; at < source.size; at += PART_BYTES)
        yield source.read(at, Math.min(PART_BYTES, source.size - at));
    },
    name,
  );
}
