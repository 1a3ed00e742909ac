import assert from 'node:assert/strict';
import { unzipSync } from 'fflate';
import { chunksLength, joinChunks, lazyChunk } from '../../../src/core/onnx/chunks';
import type { ByteSource, Chunk, LazyChunk } from '../../../src/core/ports';
import { attempt } from '../../../src/core/result';
import { openArchive } from '../../../src/core/torch/archive/archive';
import { memorySource } from '../../../src/core/torch/archive/byteSources';
import { crc32 } from '../../../src/core/torch/archive/crc32';
import { zipChunks, type ZipContent } from '../../../src/core/torch/archive/zipWriter';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Bytes that look random and are the same each time. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => (state = (state * 48271) % 2147483647) & 255);
}

/** One bit after the other: what the tables are a fast form of. */
function plainCrc(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return ~rest >>> 0;
}

const CONTENTS: readonly ZipContent[] = [
  { name: 'm/data/weight_0', content: [noise(1000), noise(37)] },
  { name: 'm/ünïcode', content: [text('é')] },
  { name: 'm/empty', content: [] },
  { name: 'm/nothing', content: [new Uint8Array(0)] },
  { name: 'm/version', content: [text('6\n')] },
];

const contentOf = ({ content }: ZipContent): Uint8Array => joinChunks(content);

/** Where the bytes of an entry begin, by its local header. */
function dataAt(zip: Uint8Array, header: number): number {
  const view = new DataView(zip.buffer, zip.byteOffset);
  assert.equal(view.getUint32(header, true), 0x04034b50);
  return header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
}

function headersOf(zip: Uint8Array): readonly number[] {
  const view = new DataView(zip.buffer, zip.byteOffset);
  const headers: number[] = [];
  for (let at = 0; at + 46 <= zip.length; at++)
    if (view.getUint32(at, true) === 0x02014b50) headers.push(view.getUint32(at + 42, true));
  return headers;
}

describe('the writer of archives', () => {
  it('sums as the polynomial says, in pieces of any length', () => {
    assert.equal(crc32(text('123456789')), 0xcbf43926);
    const bytes = noise(300);
    for (const length of [0, 1, 7, 8, 9, 63, 300]) {
      const part = bytes.subarray(3, 3 + length);
      assert.equal(crc32(part), plainCrc(part), `${length} bytes`);
      assert.equal(crc32(part.subarray(5), crc32(part.subarray(0, 5))), plainCrc(part));
    }
  });

  it('writes what our reader and another one read back, in order', () => {
    const zip = joinChunks(zipChunks(CONTENTS));
    const archive = openArchive(memorySource(zip, () => undefined));
    assert.deepEqual(
      archive.names,
      CONTENTS.map(({ name }) => name.slice(2)),
    );
    const other = unzipSync(zip);
    for (const one of CONTENTS) {
      assert.deepEqual(archive.read(one.name.slice(2), 5000), contentOf(one));
      assert.deepEqual(new Uint8Array(other[one.name]!), contentOf(one));
    }
  });

  it('lays the bytes of each entry at a multiple of 64', () => {
    const zip = joinChunks(zipChunks(CONTENTS));
    const headers = headersOf(zip);
    assert.equal(headers.length, CONTENTS.length);
    for (const header of headers) assert.equal(dataAt(zip, header) % 64, 0);
  });

  it('writes the checksum of each entry behind it and in the directory', () => {
    const zip = joinChunks(zipChunks(CONTENTS));
    const view = new DataView(zip.buffer);
    let place = 0;
    for (let at = 0; at + 46 <= zip.length; at++) {
      if (view.getUint32(at, true) !== 0x02014b50) continue;
      const bytes = contentOf(CONTENTS[place++]!);
      assert.equal(view.getUint32(at + 16, true), plainCrc(bytes));
      const behind = dataAt(zip, view.getUint32(at + 42, true)) + bytes.length;
      assert.equal(view.getUint32(behind, true), 0x08074b50);
      assert.equal(view.getUint32(behind + 4, true), plainCrc(bytes));
    }
    assert.equal(place, CONTENTS.length);
  });

  it('computes nothing before its turn, knows its length, and can be written again', () => {
    let computed = 0;
    const tensor = lazyChunk(
      8,
      function* () {
        computed += 1;
        yield noise(3);
        yield noise(8).subarray(3);
      },
      'tensor',
    );
    const chunks = zipChunks([{ name: 'm/t', content: [tensor] }]);
    const length = chunksLength(chunks);
    assert.equal(computed, 0);
    const first = joinChunks(chunks);
    assert.equal(computed, 1);
    assert.equal(first.length, length);
    assert.deepEqual(joinChunks(chunks), first);
    assert.deepEqual(
      openArchive(memorySource(first, () => undefined)).read('t', 10),
      Uint8Array.of(...noise(3), ...noise(8).subarray(3)),
    );
  });

  it('fails where the end is asked for before the bytes it sums', () => {
    const chunks = zipChunks([{ name: 'm/t', content: [noise(8)] }]);
    const result = attempt(() => [...(chunks[2] as LazyChunk).produce()]);
    assert.ok(!result.ok && result.problem.message.includes('beginning'));
  });

  it('writes ZIP64 for entries and places beyond 4 GB', () => {
    const huge = 2 ** 32 + 5;
    const hole: LazyChunk = { byteLength: huge, produce: () => [] };
    const chunks = zipChunks([
      { name: 'm/huge', content: [hole] },
      { name: 'm/behind', content: [text('behind')] },
    ]);
    const archive = openArchive(sparse(chunks));
    assert.equal(archive.open('huge').size, huge);
    assert.deepEqual(archive.read('behind', 10), text('behind'));
  });

  it('counts more entries than 16 bits hold', () => {
    const contents = Array.from({ length: 70_000 }, (_, place) => ({ name: `m/${place}`, content: [] }));
    const archive = openArchive(memorySource(joinChunks(zipChunks(contents)), () => undefined));
    assert.equal(archive.names.length, 70_000);
    assert.equal(archive.names[69_999], '69999');
  });
});

/** Chunks as a file in which a chunk that gives nothing is a hole. */
function sparse(chunks: readonly Chunk[]): ByteSource {
  const parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  let at = 0;
  for (const chunk of chunks) {
    const pieces = chunk instanceof Uint8Array ? [chunk] : [...chunk.produce()];
    let from = at;
    for (const bytes of pieces) {
      parts.push({ at: from, bytes });
      from += bytes.length;
    }
    at += chunk.byteLength;
  }
  return {
    size: at,
    read(offset, length) {
      const bytes = new Uint8Array(length);
      for (const part of parts) {
        const from = Math.max(offset, part.at);
        const to = Math.min(offset + length, part.at + part.bytes.length);
        if (from < to) bytes.set(part.bytes.subarray(from - part.at, to - part.at), from - offset);
      }
      return bytes;
    },
  };
}
