import assert from 'node:assert/strict';
import { analyse } from '../../../../src/core/detect/analysis';
import { coefficientsOf, isPlainRows, ONE } from '../../../../src/core/detect/dynamic/coefficients';
import { evaluateGraph } from '../../../../src/core/eval/evaluateGraph';
import type { NdArray } from '../../../../src/core/tensor/tensor';
import { decodeBuilt, type NodeSpec, type TensorSpec } from '../../../support/onnxBuilder';

/** Chains behind a softmax [N, 4]; each gives its last value. */
interface Chain {
  readonly nodes: readonly NodeSpec[];
  readonly places: readonly number[] | null;
}

const ints = (...data: readonly number[]): TensorSpec => ({ dtype: 'int64', dims: [data.length], data });
const scalar = (value: number): TensorSpec => ({ dtype: 'int64', dims: [], data: [value] });
const CONSTANTS: Readonly<Record<string, TensorSpec>> = {
  two: scalar(2),
  minusOne: scalar(-1),
  picks: ints(3, 0),
  columns: ints(-1, 2, 2),
  toImage: ints(-1, 4, 1, 1),
  stackShape: ints(4, -1, 1, 1, 1),
  from1: ints(1),
  to3: ints(3),
  axis1: ints(1),
  pads: ints(0, 0, 0, 1),
  padsFront: ints(0, 1, 0, 0),
  one: { dims: [], data: [1] },
  half: { dims: [], data: [0.5] },
  mixed: ints(4, -1),
};

const node = (
  op: string,
  inputs: readonly string[],
  attrs: NodeSpec['attrs'] = {},
  outputs = ['y'],
): NodeSpec => ({
  op,
  inputs,
  outputs,
  attrs,
});

const CHAINS: Readonly<Record<string, Chain>> = {
  'Gather of one': { nodes: [node('Gather', ['a', 'two'], { axis: 1 })], places: [2] },
  'Gather of the last': { nodes: [node('Gather', ['a', 'minusOne'], { axis: 1 })], places: [3] },
  'Gather of several': { nodes: [node('Gather', ['a', 'picks'], { axis: 1 })], places: [3, 0] },
  Slice: { nodes: [node('Slice', ['a', 'from1', 'to3', 'axis1'])], places: [1, 2] },
  'Reshape to images': { nodes: [node('Reshape', ['a', 'toImage'])], places: [0, 1, 2, 3] },
  'Transpose of columns': {
    nodes: [node('Reshape', ['a', 'columns'], {}, ['b']), node('Transpose', ['b'], { perm: [0, 2, 1] })],
    places: [0, 2, 1, 3],
  },
  'Transpose to the front, then a Reshape for a stack': {
    nodes: [node('Transpose', ['a'], { perm: [1, 0] }, ['b']), node('Reshape', ['b', 'stackShape'])],
    places: [0, 1, 2, 3],
  },
  'second output of a Split': { nodes: [node('Split', ['a'], { axis: 1 }, ['b', 'y'])], places: [2, 3] },
  'a 1 appended': { nodes: [node('Pad', ['a', 'pads', 'one'])], places: [0, 1, 2, 3, ONE] },
  'another number appended': { nodes: [node('Pad', ['a', 'pads', 'half'])], places: null },
  'a 1 before them': { nodes: [node('Pad', ['a', 'padsFront', 'one'])], places: null },
  'samples mixed with weights': { nodes: [node('Reshape', ['a', 'mixed'])], places: null },
  'Gather of a sample': { nodes: [node('Gather', ['a', 'two'], { axis: 0 })], places: null },
};

for (const [name, { nodes, places }] of Object.entries(CHAINS)) {
  describe(`attention weights behind ${name}`, () => {
    const model = decodeBuilt({
      opset: 13,
      inputs: { x: ['float32', ['N', 4]] },
      outputs: { y: ['float32', null] },
      initializers: CONSTANTS,
      nodes: [node('Softmax', ['x'], { axis: 1 }, ['a']), ...nodes],
    });
    const found = coefficientsOf(analyse(model), 'y');

    it(places === null ? 'are not taken for any' : `are the head’s elements ${places.join(', ')}`, () => {
      assert.deepEqual(found?.head === 'a' ? found.places : null, places);
    });

    if (places !== null) {
      it('hold those numbers in a run', () => {
        const data = Float64Array.from({ length: 8 }, (_, i) => Math.sin(i * 3));
        const run = evaluateGraph(model, new Map([['x', { dtype: 'float32', dims: [2, 4], data }]]), {
          outputs: ['a', 'y'],
        });
        const [a, y] = [run.get('a') as NdArray, run.get('y') as NdArray];
        const batchAxis = found?.batchAxis ?? 0;
        for (const sample of [0, 1]) {
          const wanted: readonly number[] = places.map((place) =>
            place === ONE ? 1 : (a.data[sample * 4 + place] as number),
          );
          assert.deepEqual(ofSample(y, batchAxis, sample), wanted);
        }
      });
    }
  });
}

it('plain rows are [N, K] in the head’s order', () => {
  const plain = { head: 'a', count: 3, places: [0, 1, 2], dims: ['N', 3], batchAxis: 0 } as const;
  assert.ok(isPlainRows(plain));
  assert.ok(!isPlainRows({ ...plain, places: [0, 2, 1] }));
  assert.ok(!isPlainRows({ ...plain, dims: ['N', 1, 3] }));
  assert.ok(!isPlainRows({ ...plain, count: 4 }));
});

/** The elements of one sample in row-major order. */
function ofSample({ dims, data }: NdArray, batchAxis: number, sample: number): readonly number[] {
  const below = dims.slice(batchAxis + 1).reduce((product, dim) => product * dim, 1);
  return [...data].filter((_, at) => Math.floor(at / below) % 2 === sample);
}
