import assert from 'node:assert/strict';
import { chunksLength, joinChunks, writeChunks } from '../../../src/core/onnx/chunks';
import type { LazyChunk } from '../../../src/core/ports';

const MEGABYTE = 2 ** 20;

function lazy(byteLength: number, ...pieces: Uint8Array[]): LazyChunk {
  return { byteLength, produce: () => pieces };
}

describe('writeChunks', () => {
  it('writes everything in order', async () => {
    const chunks = [Uint8Array.of(1, 2), lazy(3, Uint8Array.of(3), Uint8Array.of(4, 5)), Uint8Array.of(6)];
    const written: number[] = [];
    await writeChunks(chunks, { write: (bytes) => written.push(...bytes) });
    assert.deepEqual(written, [1, 2, 3, 4, 5, 6]);
    assert.equal(chunksLength(chunks), 6);
    assert.deepEqual([...joinChunks(chunks)], written);
  });

  it('refuses a lazy chunk that is shorter or longer than it said', async () => {
    for (const length of [2, 4]) {
      await assert.rejects(writeChunks([lazy(length, new Uint8Array(3))], { write: () => undefined }), {
        name: 'ProblemError',
      });
    }
  });

  it('writes nothing beyond the announced length', async () => {
    let bytes = 0;
    const sink = { write: (part: Uint8Array) => void (bytes += part.length) };
    await assert.rejects(writeChunks([lazy(3, new Uint8Array(2), new Uint8Array(2))], sink));
    assert.equal(bytes, 2);
  });

  it('tells progress up to 1 and pauses in between', async () => {
    const fractions: number[] = [];
    let pauses = 0;
    await writeChunks(
      [new Uint8Array(40 * MEGABYTE)],
      { write: () => undefined },
      {
        progress: (fraction) => fractions.push(fraction),
        pause: async () => void (pauses += 1),
      },
    );
    assert.ok(pauses >= 2);
    assert.equal(fractions.at(-1), 1);
    assert.deepEqual(
      fractions,
      [...fractions].sort((a, b) => a - b),
    );
  });

  it('stops within a large chunk when the signal says so', async () => {
    const abort = new AbortController();
    let bytes = 0;
    const sink = { write: (part: Uint8Array) => void (bytes += part.length) };
    const writing = writeChunks([new Uint8Array(40 * MEGABYTE)], sink, {
      signal: abort.signal,
      pause: async () => abort.abort(),
    });
    await assert.rejects(writing, {
      problem: { code: 'cancelled', message: 'Writing was cancelled; nothing was changed.' },
    });
    assert.ok(bytes < 40 * MEGABYTE);
  });
});
