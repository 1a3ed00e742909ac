import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { readNpy } from '../../../src/core/inputs/npy';
import { readNpz } from '../../../src/core/inputs/npz';
import { decodeTensorFile } from '../../../src/core/onnx/tensorFile';
import { ProblemError } from '../../../src/core/result';
import { toNdArray } from '../../../src/core/tensor/convert';
import { FIXTURES } from '../../support/models';

const file = (name: string): Uint8Array => readFileSync(join(FIXTURES, 'inputs', name));
/** What the fixtures hold, row-major. */
const RAMP = Array.from({ length: 24 }, (_, i) => i / 8 - 1);

function refused(code: string, words: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof ProblemError && error.problem.code === code && words.test(error.problem.message);
}

describe('readNpy', () => {
  for (const [name, dtype] of [
    ['fortran.npy', 'float32'],
    ['bigendian.npy', 'float64'],
    ['half.npy', 'float16'],
  ] as const) {
    it(`reads ${name} as NumPy wrote it`, () => {
      const array = readNpy(file(name), name);
      assert.deepEqual([array.dtype, array.dims], [dtype, [2, 3, 4]]);
      // multiples of 1/8 below 2 are exact in every type
      assert.deepEqual([...array.data], RAMP);
    });
  }

  it('reads whole numbers and truth values', () => {
    assert.deepEqual([...readNpy(file('ints.npy'), 'ints').data], [-3, -2, -1, 0, 1, 2]);
    assert.deepEqual([...readNpy(file('bools.npy'), 'bools').data], [1, 0, 1]);
  });

  it('refuses pickled objects by their type', () => {
    assert.throws(() => readNpy(file('objects.npy'), 'o.npy'), refused('unsupported', /type \|O/));
  });

  it('refuses every shortened file with a sentence, and no other error', () => {
    const whole = file('half.npy');
    for (let length = 0; length < whole.length; length++)
      assert.throws(() => readNpy(whole.slice(0, length), 'cut.npy'), refused('bad-input', /"cut\.npy"/));
  });

  it('does not believe a shape that its bytes do not hold', () => {
    const text = new TextDecoder('latin1').decode(file('half.npy'));
    const lying = (shape: string): Uint8Array =>
      Uint8Array.from(text.replace('(2, 3, 4), ', shape.padEnd(11)), (letter) => letter.charCodeAt(0));
    assert.throws(() => readNpy(lying('(2,3,5),'), 'l'), refused('bad-input', /needs 60 bytes, and 48/));
    assert.throws(() => readNpy(lying('(9e9,),'), 'l'), refused('bad-input', /shape/));
    assert.throws(() => readNpy(lying('(99999999,'), 'l'), ProblemError);
    assert.throws(() => readNpy(lying('(99999999),'), 'l'), refused('unsupported', /99999999/));
  });
});

describe('readNpz', () => {
  it('reads arrays by name, stored and packed', () => {
    const two = readNpz(file('two.npz'), 'two.npz');
    assert.deepEqual([...two.keys()], ['x', 'mask']);
    assert.deepEqual([...(two.get('x')?.data ?? [])], RAMP);
    assert.deepEqual([...(readNpz(file('packed.npz'), 'packed').get('arr_0')?.data ?? [])], RAMP);
  });

  it('refuses an archive that unpacks to gigabytes before it unpacks any', () => {
    const bomb = zipSync({ 'x.npy': new Uint8Array(1000) });
    // the size that the directory states, 2 GB
    const view = new DataView(bomb.buffer);
    const directory = view.getUint32(bomb.length - 6, true);
    view.setUint32(directory + 24, 2 ** 31, true);
    assert.throws(() => readNpz(bomb, 'bomb.npz'), refused('unsupported', /more than 512 MB/));
  });

  it('unpacks no more than an archive states', () => {
    const liar = zipSync({ 'x.npy': new Uint8Array(2 ** 22) });
    const view = new DataView(liar.buffer);
    view.setUint32(view.getUint32(liar.length - 6, true) + 24, 100, true);
    const before = process.memoryUsage().arrayBuffers;
    assert.throws(() => readNpz(liar, 'liar.npz'), ProblemError);
    assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 22, 'the 4 MB were never made');
  });

  it('refuses damaged archives and those without arrays', () => {
    const whole = file('two.npz');
    for (let length = 4; length < whole.length; length += 7)
      assert.throws(() => readNpz(whole.slice(0, length), 'cut.npz'), refused('bad-input', /cut\.npz/));
    const empty = zipSync({ 'readme.txt': new Uint8Array(3) });
    assert.throws(() => readNpz(empty, 'e.npz'), refused('bad-input', /no arrays/));
  });
});

describe('decodeTensorFile', () => {
  it('reads a tensor with its name', () => {
    const { name, tensor } = decodeTensorFile(file('tensor.pb'), 'input_0.pb');
    assert.deepEqual([name, tensor.dtype, tensor.dims], ['x', 'float32', [2, 3, 4]]);
    assert.deepEqual([...toNdArray(tensor).data], RAMP);
  });

  it('refuses what is none', () => {
    assert.throws(() => decodeTensorFile(file('rgb.png'), 'a.pb'), refused('bad-input', /"a\.pb"/));
    const whole = file('tensor.pb');
    for (let length = 1; length < whole.length; length += 5)
      assert.throws(
        () => toNdArray(decodeTensorFile(whole.slice(0, length), 'cut.pb').tensor),
        refused('bad-input', /cut\.pb/),
      );
  });
});
