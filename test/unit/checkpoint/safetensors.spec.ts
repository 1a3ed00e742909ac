import assert from 'node:assert/strict';
import { parseHeader } from '../../../src/core/checkpoint/safetensors/headerJson';
import { isSafetensors, readSafetensors } from '../../../src/core/checkpoint/safetensors/readSafetensors';
import { attempt } from '../../../src/core/result';
import { memorySource } from '../../../src/core/torch/archive/byteSources';
import { checkpointBytes, checkpointOf, fuseCheckpoint, openCheckpoint } from '../../support/checkpoints';

/** A file with a header and so many bytes behind it. */
function file(header: string, bytes = 0, length = Buffer.byteLength(header)): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(length));
  return new Uint8Array(Buffer.concat([head, Buffer.from(header), Buffer.alloc(bytes, 1)]));
}

function entry(begin: number, end: number, shape = '[2]', dtype = 'F32'): string {
  return `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;
}

function read(bytes: Uint8Array) {
  return attempt(() => readSafetensors(memorySource(bytes, () => undefined)));
}

function problem(bytes: Uint8Array): string {
  const result = read(bytes);
  assert.ok(!result.ok);
  return `${result.problem.code}: ${result.problem.message}`;
}

function headerOf(bytes: Uint8Array): string {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return new TextDecoder().decode(bytes.subarray(8, 8 + length));
}

describe('safetensors', () => {
  it('are told by their content', () => {
    assert.ok(isSafetensors(checkpointBytes('odd.safetensors')));
    assert.ok(isSafetensors(file('{}')));
    for (const other of ['{"a":1}', 'PK\u0003\u0004', '', '\u0008\0\0\0\0\0\0\0x'])
      assert.ok(!isSafetensors(Buffer.from(other)), other);
    assert.ok(!isSafetensors(checkpointBytes('training.pth')));
  });

  it('keep the order of the file, names that are numbers, and names that objects have', () => {
    const header = parseHeader(`{"10":${entry(0, 8)},"__proto__":${entry(8, 16)},"9":${entry(16, 24)}}  `);
    assert.deepEqual(
      header.entries.map(({ name }) => name),
      ['10', '__proto__', '9'],
    );
    assert.equal(header.metadata, null);
  });

  const DAMAGED: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['a name twice', file(`{"a":${entry(0, 8)},"a":${entry(0, 8)}}`, 8), /bad-input: .*names "a" twice/],
    [
      'an overlap',
      file(`{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12),
      /bad-input: .*"b" lies at \[4, 12\), which overlaps/,
    ],
    ['a hole', file(`{"a":${entry(0, 8)},"b":${entry(12, 20)}}`, 20), /bad-input: .*"b".*leaves a hole/],
    ['a place beyond the end', file(`{"a":${entry(0, 8)}}`, 4), /bad-input: .*take 8 bytes, and it holds 4/],
    ['bytes behind the last', file(`{"a":${entry(0, 8)}}`, 9), /bad-input: .*take 8 bytes, and it holds 9/],
    [
      'a size that is not its shape',
      file(`{"a":${entry(0, 12)}}`, 12),
      /bad-input: .*takes 8 bytes, and the file gives it 12/,
    ],
    [
      'an unknown type',
      file(`{"a":${entry(0, 8, '[2]', 'Q32')}}`, 8),
      /unsupported: .*"Q32", which is not known/,
    ],
    ['no shape', file('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4), /bad-input: .*does not say/],
    [
      'a shape that is huge',
      file(`{"a":${entry(0, 8, '[9007199254740991,9007199254740991]')}}`, 8),
      /bad-input/,
    ],
    ['a negative shape', file(`{"a":${entry(0, 8, '[-2]')}}`, 8), /bad-input: .*no whole number/],
    ['a header cut off', file(`{"a":${entry(0, 8)}}`, 0, 500), /bad-input: .*cut off in its header/],
    ['a header without end', file(`{"a":${entry(0, 8)}`, 8), /bad-input: .*lacks "}"/],
    ['a header longer than any', file('{}', 0, 100_000_001), /unsupported: .*100000001 bytes/],
    ['text behind the header', file('{} x'), /bad-input: .*goes on behind its end/],
    [
      'a header that is no text',
      Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d),
      /bad-input: .*no text/,
    ],
  ];
  for (const [what, bytes, sentence] of DAMAGED) {
    it(`${what}: refused with a sentence`, () => assert.match(problem(bytes), sentence));
  }

  it('empty tensors, scalars and an empty file', () => {
    assert.ok(read(file('{}')).ok);
    const found = read(file(`{"a":${entry(0, 0, '[0,3]')},"b":${entry(0, 4, '[]')}}`, 4));
    assert.ok(found.ok);
    const dims = [...(found.value.states[0]?.entries.values() ?? [])].map((tensor) => tensor.dims);
    assert.deepEqual(dims, [[0, 3], []]);
  });

  it('fused: notes, order and all other bytes stay; 8-bit floats, too', () => {
    const source = checkpointBytes('odd.safetensors');
    const { bytes, notes } = fuseCheckpoint(openCheckpoint('odd.safetensors'));
    assert.deepEqual(notes, []);
    const [before, after] = [headerOf(source), headerOf(bytes)];
    const meta = /"__metadata__":\{.*?\}/.exec(after)?.[0] ?? 'missing';
    assert.deepEqual(
      JSON.parse(`{${meta}}`),
      JSON.parse(`{${/"__metadata__":\{.*?\}/.exec(before)?.[0] ?? ''}}`),
    );
    assert.equal(Buffer.byteLength(after) % 8, 0, 'aligned');
    const [ours, theirs] = [bytes, source].map(
      (file) => checkpointOf(openCheckpoint(file)).states[0]?.entries,
    );
    assert.ok(ours !== undefined && theirs !== undefined);
    const others = [...theirs.keys()].filter((name) => !name.startsWith('stage0.'));
    assert.deepEqual(
      [...ours.keys()].filter((name) => !name.startsWith('stage0.')),
      others,
    );
    for (const name of others) assert.deepEqual(ours.get(name)?.bytes(), theirs.get(name)?.bytes(), name);
    assert.ok(others.includes('__proto__') && others.includes('10') && others.includes('scale'));
    // the first of the block's entries stood here
    const first = [...theirs.keys()].findIndex((name) => name.startsWith('stage0.'));
    assert.equal([...ours.keys()][first], 'stage0.rbr_reparam.weight');
  });

  it('fused: in the type of the file', () => {
    for (const dtype of ['float64', 'bfloat16'] as const) {
      const { bytes } = fuseCheckpoint(openCheckpoint(`${dtype}.safetensors`));
      const merged = checkpointOf(openCheckpoint(bytes)).states[0]?.entries.get('stage0.rbr_reparam.weight');
      assert.equal(merged?.dtype, dtype);
    }
  });
});
