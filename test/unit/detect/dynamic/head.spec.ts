import assert from 'node:assert/strict';
import { analyse } from '../../../../src/core/detect/analysis';
import { constantWeights, headOf } from '../../../../src/core/detect/dynamic/head';
import { decodeBuilt, type NodeSpec, type TensorSpec } from '../../../support/onnxBuilder';

const scalar = (value: number): TensorSpec => ({ dims: [], data: [value] });

function analysed(
  nodes: readonly NodeSpec[],
  opset = 13,
  initializers: Readonly<Record<string, TensorSpec>> = {},
) {
  return analyse(
    decodeBuilt({
      opset,
      inputs: { x: ['float32', ['N', 4, 1, 1]], rows: ['float32', ['N', 3]] },
      outputs: { a: ['float32', null] },
      initializers: { t: scalar(30), scale: scalar(Math.fround(1 / 30)), shift: scalar(1), ...initializers },
      nodes,
    }),
  );
}

const softmax = (input: string, axis?: number): NodeSpec => ({
  op: 'Softmax',
  inputs: [input],
  outputs: ['a'],
  attrs: axis === undefined ? {} : { axis },
});

describe('the attention’s temperature', () => {
  for (const [name, node, expected] of [
    ['logits / 30', { op: 'Div', inputs: ['x', 't'], outputs: ['z'] }, 30],
    ['logits × 1/30 in float32', { op: 'Mul', inputs: ['x', 'scale'], outputs: ['z'] }, 30],
    ['nothing', { op: 'Identity', inputs: ['x'], outputs: ['z'] }, 1],
    ['a shift', { op: 'Add', inputs: ['x', 'shift'], outputs: ['z'] }, 1],
  ] as const) {
    it(`is ${expected} for ${name}`, () => {
      assert.equal(headOf(analysed([node, softmax('z', 1)]), 'a')?.temperature, expected);
    });
  }
});

describe('weights that add up to 1', () => {
  it('are those of a softmax over all of a sample', () => {
    assert.equal(headOf(analysed([softmax('x', 1)]), 'a')?.sumsToOne, true);
    assert.equal(headOf(analysed([softmax('x', -1)]), 'a')?.sumsToOne, false);
    assert.equal(headOf(analysed([softmax('x', 0)]), 'a')?.sumsToOne, false);
  });

  it('cover everything from the axis on before opset 13, from axis 1 where none is given', () => {
    assert.equal(headOf(analysed([softmax('x')], 11), 'a')?.sumsToOne, true);
    assert.equal(headOf(analysed([softmax('x', 2)], 11), 'a')?.sumsToOne, false);
  });

  it('are not those of a sigmoid', () => {
    const head = headOf(analysed([{ op: 'Sigmoid', inputs: ['x'], outputs: ['a'] }]), 'a');
    assert.equal(head?.activation, 'sigmoid');
    assert.equal(head.sumsToOne, false);
  });
});

describe('weights that are constant', () => {
  const gemm = (weight: TensorSpec['data'], activation: NodeSpec) =>
    analysed(
      [{ op: 'Gemm', inputs: ['rows', 'w', 'b'], outputs: ['z'], attrs: { transB: 1 } }, activation],
      13,
      { w: { dims: [2, 3], data: weight }, b: { dims: [2], data: [0, Math.fround(Math.log(3))] } },
    );
  const sigmoid: NodeSpec = { op: 'Sigmoid', inputs: ['z'], outputs: ['a'] };

  it('are softmax(bias) where the last weights are all zero', () => {
    const analysis = gemm([0, 0, 0, 0, 0, 0], softmax('z', 1));
    const weights = constantWeights(analysis, headOf(analysis, 'a') as never, 1);
    // softmax(0, ln 3) = (1/4, 3/4), ln 3 rounded to float32
    assert.ok(Math.abs((weights?.[0] ?? 0) - 0.25) < 2 ** -24);
    assert.ok(Math.abs((weights?.[1] ?? 0) - 0.75) < 2 ** -24);
  });

  it('are the same for a sigmoid', () => {
    const analysis = gemm([0, 0, 0, 0, 0, 0], sigmoid);
    assert.equal(constantWeights(analysis, headOf(analysis, 'a') as never, 1)?.[0], 0.5);
  });

  it('are not proved by a single weight that is not zero', () => {
    const analysis = gemm([0, 0, 0, 0, 0, 1e-30], softmax('z', 1));
    assert.equal(constantWeights(analysis, headOf(analysis, 'a') as never, 1), null);
  });
});
