import assert from 'node:assert/strict';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { toNdArray } from '../../../src/core/tensor/convert';
import { perturbWeights } from '../../../src/core/verify/network/perturb';
import { Spread } from '../../../src/core/verify/network/spread';
import { decodeBuilt } from '../../support/onnxBuilder';

function array(dims: readonly number[], data: readonly number[]): NdArray {
  return { dtype: 'float64', dims, data: Float64Array.from(data) };
}

describe('Spread', () => {
  it('pools what shares an index, so that a small channel does not hide behind a large one', () => {
    const spread = new Spread([2, 2]);
    spread.add(array([2, 2], [0, 0, 0, 0]), array([2, 2], [3, 0, 0, 0]));
    const [a, b, c, d] = spread.deviations();
    // rows and columns of the one that moved: √(9/2); the far corner: the whole tensor's √(9/4)
    assert.deepEqual([a, b, c, d], [Math.sqrt(4.5), Math.sqrt(4.5), Math.sqrt(4.5), 1.5]);
  });

  it('averages draws', () => {
    const spread = new Spread([1]);
    spread.add(array([1], [0]), array([1], [1]));
    spread.add(array([1], [0]), array([1], [7]));
    assert.deepEqual([...spread.deviations()], [5]);
  });

  it('can keep an element that is worse than all around it', () => {
    const spread = new Spread([4]);
    spread.add(array([4], [0, 0, 0, 0]), array([4], [4, 0, 0, 0]));
    spread.add(array([4], [0, 0, 0, 0]), array([4], [4, 0, 0, 0]));
    assert.deepEqual([...spread.ownDeviations()], [4, 2, 2, 2]);
  });

  it('leaves what is not finite out, and has no deviation without draws', () => {
    const spread = new Spread([2]);
    assert.deepEqual([...spread.deviations()], [0, 0]);
    spread.add(array([2], [NaN, 1]), array([2], [NaN, 1]));
    assert.deepEqual([...spread.deviations()], [0, 0]);
  });
});

describe('perturbWeights', () => {
  const model = decodeBuilt({
    inputs: { x: ['float32', ['N', 2, 4, 4]] },
    outputs: { y: ['float32', null] },
    initializers: {
      w: { dims: [2, 2, 1, 1], data: [1, 0, -2, 0.5] },
      t: { dims: [2, 2], data: [1, 2, 3, 4] },
      scales: { dims: [4], data: [1, 1, 2, 2] },
    },
    nodes: [
      { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
      { op: 'Resize', inputs: ['c', '', 'scales'], outputs: ['r'] },
      { op: 'Transpose', inputs: ['t'], outputs: ['tt'] },
      { op: 'Constant', inputs: [], outputs: ['k'], attrs: { value: { tensor: { dims: [1], data: [8] } } } },
      { op: 'Mul', inputs: ['r', 'k'], outputs: ['m'] },
      { op: 'MatMul', inputs: ['m', 'tt'], outputs: ['y'] },
    ],
  });
  const values = (draw: number, name: string) => [
    ...toNdArray(perturbWeights(model, 0, draw).graph.initializers.get(name)!).data,
  ];

  it('moves each weight by one to three roundings, always the same way for a draw', () => {
    const u = 2 ** -24;
    for (const [name, before] of [
      ['w', [1, 0, -2, 0.5]],
      ['t', [1, 2, 3, 4]],
    ] as const) {
      const after = values(0, name);
      before.forEach((weight, i) => {
        const moved = Math.abs((after[i] ?? NaN) - weight);
        const allowed = [u, 3 * u].map((size) => size * Math.abs(weight));
        // one float64 rounding of the product
        assert.ok(
          allowed.some((size) => Math.abs(moved - size) < 1e-15),
          `${name}[${i}] moved by ${moved}`,
        );
      });
      assert.deepEqual(values(0, name), after);
      assert.notDeepEqual(values(1, name), after);
    }
  });

  it('moves Constant nodes too, and leaves sizes alone', () => {
    assert.deepEqual(values(0, 'scales'), [1, 1, 2, 2]);
    const constant = perturbWeights(model, 0, 0).graph.nodes.find((node) => node.opType === 'Constant');
    const value = constant?.attributes.get('value');
    assert.ok(value?.kind === 'tensor');
    assert.notEqual(toNdArray(value.value).data[0], 8);
  });
});
