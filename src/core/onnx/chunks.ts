import type { ByteSink, Chunk, LazyChunk, Progress } from '../ports';
import { raise } from '../result';

/** Large pieces are handed on in parts of this size, so that progress and Cancel are seen in between. */
const PART_BYTES = 8 * 2 ** 20;

/** How a chunk list is written; all of it may be left out. */
export interface WriteOptions {
  /** Stops the writing between two parts. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  /** Awaited now and then: lets a host handle its messages (a Cancel among them) during a long write. */
  readonly pause?: () => Promise<void>;
}

/** Bytes that a chunk list will take, those not computed yet included. */
export function chunksLength(chunks: readonly Chunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
}

/**
 * Writes a chunk list in order; a lazy chunk is computed when its turn comes and forgotten afterwards.
 * @throws ProblemError `cancelled` when the signal says so; `failed` when a chunk is not as long as it said.
 */
export async function writeChunks(
  chunks: readonly Chunk[],
  sink: ByteSink,
  options: WriteOptions = {},
): Promise<void> {
  const total = Math.max(1, chunksLength(chunks));
  let written = 0;
  let pauseAt = PART_BYTES;
  for (const chunk of chunks) {
    for (const part of parts(chunk)) {
      if (options.signal?.aborted === true) raise('cancelled', 'Writing was cancelled; nothing was changed.');
      sink.write(part);
      written += part.byteLength;
      if (written < pauseAt) continue;
      pauseAt = written + PART_BYTES;
      options.progress?.(written / total, 'writing');
      await options.pause?.();
    }
  }
  options.progress?.(1, 'writing');
}

/** The whole list in one array: for models that a runtime takes as bytes, and for tests. */
export function joinChunks(chunks: readonly Chunk[]): Uint8Array {
  const joined = new Uint8Array(chunksLength(chunks));
  let at = 0;
  for (const chunk of chunks) {
    for (const part of parts(chunk)) {
      joined.set(part, at);
      at += part.byteLength;
    }
  }
  return joined;
}

/** A chunk of known length that is computed, in one or more pieces, when it is reached. `name`: the tensor, for the case that it is not as long. */
export function lazyChunk(byteLength: number, pieces: () => Iterable<Uint8Array>, name: string): LazyChunk {
  return {
    byteLength,
    *produce() {
      let produced = 0;
      for (const piece of pieces()) {
        produced += piece.byteLength;
        yield piece;
      }
      if (produced !== byteLength) {
        raise('failed', `Tensor "${name}" gave ${produced} bytes where ${byteLength} were announced.`);
      }
    },
  };
}

/** The chunk in parts of a bounded size; checks that a lazy one is exactly as long as it said. */
function* parts(chunk: Chunk): Iterable<Uint8Array> {
  if (chunk instanceof Uint8Array) {
    yield* split(chunk);
    return;
  }
  let length = 0;
  for (const piece of chunk.produce()) {
    length += piece.byteLength;
    if (length > chunk.byteLength) break;
    yield* split(piece);
  }
  if (length !== chunk.byteLength) {
    raise('failed', `A piece of the model has ${length} bytes where ${chunk.byteLength} were announced.`);
  }
}

function* split(bytes: Uint8Array): Iterable<Uint8Array> {
  if (bytes.byteLength <= PART_BYTES) {
    yield bytes;
    return;
  }
  for (let at = 0; at < bytes.byteLength; at += PART_BYTES) yield bytes.subarray(at, at + PART_BYTES);
}
