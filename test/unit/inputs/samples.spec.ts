import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { readSamples, type InputFile } from '../../../src/core/inputs/readSamples';
import type { GivenSample } from '../../../src/core/inputs/givenSample';
import { ProblemError } from '../../../src/core/result';
import { decodePicture } from '../../../src/platform/node/decodePicture';
import { FIXTURES } from '../../support/models';
import { decodeBuilt, type TypeSpec } from '../../support/onnxBuilder';

const given = (name: string, as = name): InputFile => ({
  name: as,
  bytes: readFileSync(join(FIXTURES, 'inputs', name)),
});

/** An `.npy` of zeros. */
function npy(dims: readonly number[], name: string, descr = '<f4', size = 4): InputFile {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims.join(', ')},), }\n`;
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  const body = Buffer.alloc(size * dims.reduce((product, dim) => product * dim, 1));
  return { name, bytes: Buffer.concat([head, Buffer.from(text), body]) };
}

function read(
  inputs: Readonly<Record<string, TypeSpec>>,
  files: readonly InputFile[],
  sizes: ReadonlyMap<string, number> = new Map(),
): Promise<readonly GivenSample[]> {
  const [first = ''] = Object.keys(inputs);
  const model = decodeBuilt({
    inputs,
    outputs: { y: ['float32', null] },
    nodes: [{ op: 'Identity', inputs: [first], outputs: ['y'] }],
  });
  return readSamples(model, files, { decodePicture, sizes });
}

function refusal(words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof ProblemError && words.test(error.problem.message);
}

const PICTURE: Readonly<Record<string, TypeSpec>> = { x: ['float32', ['N', 3, 'H', 'W']] };

describe('readSamples', () => {
  it('makes one sample of each file of a model with one input, and binds its open sizes', async () => {
    const samples = await read(PICTURE, [npy([2, 3, 5, 6], 'a.npy'), npy([3, 7, 8], 'one image.npy')]);
    assert.deepEqual(
      samples.map(({ label, bindings }) => [label, Object.fromEntries(bindings)]),
      [
        ['a.npy', { N: 2, H: 5, W: 6 }],
        ['one image.npy', { N: 1, H: 7, W: 8 }],
      ],
    );
  });

  it('takes a picture at the sizes that were chosen, else at the model’s', async () => {
    const [chosen] = await read(
      PICTURE,
      [given('rgb.png')],
      new Map([
        ['H', 8],
        ['W', 9],
      ]),
    );
    assert.deepEqual(chosen?.feeds.get('x')?.dims, [1, 3, 8, 9]);
    const [fixed] = await read({ x: ['float16', [2, 1, 4, 4]] }, [given('smooth.jpg')]);
    assert.deepEqual([fixed?.feeds.get('x')?.dims, fixed?.feeds.get('x')?.dtype], [[2, 1, 4, 4], 'float16']);
  });

  it('matches the arrays of an .npz by name, by place, and where there is but one', async () => {
    const inputs: Readonly<Record<string, TypeSpec>> = { x: ['float32', [2, 3, 4]], mask: ['int64', ['N']] };
    const [named] = await read(inputs, [given('two.npz')]);
    assert.deepEqual([...(named?.feeds.get('mask')?.data ?? [])], [1, 0]);
    assert.equal(named?.feeds.get('mask')?.dtype, 'int64');
    const placed = zipSync({
      'arr_0.npy': npy([2, 3, 4], '').bytes as Uint8Array<ArrayBuffer>,
      'arr_1.npy': npy([5], '', '<i8', 8).bytes as Uint8Array<ArrayBuffer>,
    });
    const [byPlace] = await read(inputs, [{ name: 'p.npz', bytes: placed }]);
    assert.deepEqual(byPlace?.feeds.get('mask')?.dims, [5]);
    const [only] = await read({ image: ['float32', [2, 3, 4]] }, [given('packed.npz')]);
    assert.equal(only?.feeds.get('image')?.data[0], -1);
  });

  it('puts files that are named after the inputs together, and numbered tensor files', async () => {
    const inputs: Readonly<Record<string, TypeSpec>> = {
      a: ['float32', ['N', 2]],
      x: ['float32', [2, 3, 4]],
    };
    const [sample] = await read(inputs, [npy([4, 2], 'a.npy'), given('fortran.npy', 'x.npy')]);
    assert.equal(sample?.label, 'a.npy + x.npy');
    const [numbered] = await read(inputs, [npy([4, 2], 'input_0.npy'), given('tensor.pb', 'input_1.pb')]);
    assert.deepEqual([...(numbered?.feeds.keys() ?? [])], ['a', 'x']);
  });

  const refusals: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    [
      'a wrong size',
      () => read(PICTURE, [npy([1, 4, 5, 5], 'a.npy')]),
      /shape 1×4×5×5, but input "x" wants N×3×H×W/,
    ],
    ['a wrong rank', () => read(PICTURE, [npy([5], 'a.npy')]), /"a\.npy" has shape 5, but/],
    ['an empty array', () => read(PICTURE, [npy([1, 3, 0, 5], 'a.npy')]), /1×3×0×5/],
    [
      'one symbol with two sizes',
      () => read({ a: ['float32', ['N']], b: ['float32', ['N']] }, [npy([2], 'a.npy'), npy([3], 'b.npy')]),
      /where N is 2 already/,
    ],
    [
      'a missing input',
      () => read({ x: ['float32', [2, 3, 4]], z: ['float32', [1]] }, [given('two.npz')]),
      /nothing for input "z"/,
    ],
    [
      'fractions for whole numbers',
      () => read({ x: ['int64', [2, 3, 4]] }, [given('half.npy')]),
      /holds -0\.875.* whole numbers/,
    ],
    [
      'a picture for two inputs',
      () => read({ a: ['float32', [1]], b: ['float32', [1]] }, [given('rgb.png')]),
      /one picture, but/,
    ],
    [
      'another kind of file',
      () => read(PICTURE, [{ name: 'a.txt', bytes: Buffer.from('hello') }]),
      /"a\.txt" is no \.npy/,
    ],
  ];
  for (const [what, run, words] of refusals) {
    it(`refuses ${what} in one sentence`, () => assert.rejects(run(), refusal(words)));
  }
});
