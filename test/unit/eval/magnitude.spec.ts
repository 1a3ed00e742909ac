import assert from 'node:assert/strict';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { evaluateMagnitude } from '../../../src/core/eval/magnitude';
import { roundingBound } from '../../../src/core/eval/rounding';
import type { Magnitude } from '../../../src/core/eval/tracked';
import { ProblemError } from '../../../src/core/result';
import { unitRoundoff } from '../../../src/core/tensor/dtype';
import type { NdArray } from '../../../src/core/tensor/tensor';
import {
  buildOnnx,
  decodeBuilt,
  decodeBytes,
  type NodeSpec,
  type OnnxSpec,
  type TensorSpec,
} from '../../support/onnxBuilder';
import { float32, fromRuntime, random, runModel } from './againstRuntime';

const u = unitRoundoff('float32');

/** A block from `x` to `y`. */
function block(
  x: number[],
  initializers: Record<string, TensorSpec>,
  nodes: NodeSpec[],
  opset = 17,
): OnnxSpec {
  return { opset, inputs: { x: ['float32', x] }, outputs: { y: ['float32', null] }, initializers, nodes };
}

function batchNorm(prefix: string, channels: number): Record<string, TensorSpec> {
  return {
    [`${prefix}.scale`]: random([channels], -2, 2),
    [`${prefix}.bias`]: random([channels], -2, 2),
    [`${prefix}.mean`]: random([channels], -2, 2),
    [`${prefix}.var`]: random([channels], 0.01, 2),
  };
}

function bnInputs(x: string, prefix: string): string[] {
  return [x, ...['scale', 'bias', 'mean', 'var'].map((name) => `${prefix}.${name}`)];
}

/** k×k, 1×1 and identity branch, each with its BN. */
const repVgg = block(
  [2, 6, 7, 7],
  {
    w3: random([6, 6, 3, 3]),
    w1: random([6, 6, 1, 1]),
    ...batchNorm('a', 6),
    ...batchNorm('b', 6),
    ...batchNorm('c', 6),
  },
  [
    { op: 'Conv', inputs: ['x', 'w3'], outputs: ['c3'], attrs: { pads: [1, 1, 1, 1] } },
    { op: 'BatchNormalization', inputs: bnInputs('c3', 'a'), outputs: ['b3'] },
    { op: 'Conv', inputs: ['x', 'w1'], outputs: ['c1'] },
    { op: 'BatchNormalization', inputs: bnInputs('c1', 'b'), outputs: ['b1'] },
    { op: 'BatchNormalization', inputs: bnInputs('x', 'c'), outputs: ['b0'] },
    { op: 'Add', inputs: ['b3', 'b1'], outputs: ['s'] },
    { op: 'Add', inputs: ['s', 'b0'], outputs: ['y'] },
  ],
);

const w = random([4, 4, 3, 3]);

/** Two branches that cancel but for 1e-4 of their weights: the merged kernel is small, the rounding is not. */
const cancelling = block(
  [1, 4, 8, 8],
  { w, v: { ...w, data: w.data.map((value) => Math.fround(value * (1 + 1e-4))) } },
  [
    { op: 'Conv', inputs: ['x', 'w'], outputs: ['a'] },
    { op: 'Conv', inputs: ['x', 'v'], outputs: ['b'] },
    { op: 'Sub', inputs: ['a', 'b'], outputs: ['y'] },
  ],
);

/** 1×1, a border computed from BN constants in the graph itself, 3×3, average pool, scale. */
const biasPadding = block(
  [1, 3, 6, 6],
  {
    w1: random([5, 3, 1, 1]),
    w3: random([4, 5, 3, 3]),
    b3: random([4]),
    gain: random([4, 1, 1]),
    divisor: random([1], 1, 3),
    mean: random([5], -2, 2),
    variance: random([5], 0.1, 2),
    ones: { dims: [5], data: [1, 1, 1, 1, 1] },
    shape: { dtype: 'int64', dims: [4], data: [1, 5, 8, 1] },
    channelsFirst: { dtype: 'int64', dims: [4], data: [1, 5, 1, 1] },
    pads: { dtype: 'int64', dims: [8], data: [0, 0, 1, 0, 0, 0, 1, 0] },
  },
  [
    { op: 'Conv', inputs: ['x', 'w1'], outputs: ['c1'] },
    { op: 'Sqrt', inputs: ['variance'], outputs: ['sd'] },
    { op: 'Div', inputs: ['mean', 'sd'], outputs: ['ratio'] },
    { op: 'Sub', inputs: ['ones', 'ratio'], outputs: ['edge'] },
    { op: 'Reshape', inputs: ['edge', 'channelsFirst'], outputs: ['edge4'] },
    { op: 'Expand', inputs: ['edge4', 'shape'], outputs: ['column'] },
    { op: 'Pad', inputs: ['c1', 'pads'], outputs: ['tall'] },
    { op: 'Concat', inputs: ['column', 'tall', 'column'], outputs: ['padded'], attrs: { axis: 3 } },
    { op: 'Conv', inputs: ['padded', 'w3', 'b3'], outputs: ['c3'] },
    { op: 'AveragePool', inputs: ['c3'], outputs: ['mean2'], attrs: { kernel_shape: [2, 2] } },
    { op: 'Mul', inputs: ['mean2', 'gain'], outputs: ['scaled'] },
    { op: 'Div', inputs: ['scaled', 'divisor'], outputs: ['y'] },
  ],
);

/** Weights that are made in the graph, transposed convolution, matrix product. */
const mixed = block(
  [2, 4, 5],
  {
    a: random([5, 3]),
    b: random([3, 6]),
    bias: random([6]),
    shape: { dtype: 'int64', dims: [2], data: [-1, 5] },
  },
  [
    { op: 'MatMul', inputs: ['a', 'b'], outputs: ['ab'] },
    { op: 'Reshape', inputs: ['x', 'shape'], outputs: ['rows'] },
    { op: 'Gemm', inputs: ['rows', 'ab', 'bias'], outputs: ['g'], attrs: { alpha: -1.5, beta: -0.5 } },
    { op: 'Neg', inputs: ['g'], outputs: ['n'] },
    { op: 'ReduceMean', inputs: ['n'], outputs: ['y'], attrs: { axes: [1], keepdims: 0 } },
  ],
);

function bounds(spec: OnnxSpec, x: NdArray): { magnitude: Magnitude; exact: NdArray; bound: Float64Array } {
  const model = decodeBuilt(spec);
  const magnitude = evaluateMagnitude(model, new Map([['x', x]])).get('y')!;
  const exact = evaluateGraph(model, new Map([['x', x]])).get('y')!;
  const gamma = roundingBound(magnitude.products + magnitude.depth, u);
  return { magnitude, exact, bound: magnitude.magnitude.data.map((size) => gamma * size) };
}

describe('eval: magnitudes bound the rounding of float32 runs', () => {
  for (const [name, spec] of Object.entries({ repVgg, cancelling, biasPadding, mixed })) {
    it(name, async () => {
      const dims = spec.inputs!.x![1] as number[];
      let closest = 0;
      for (let trial = 0; trial < 5; trial++) {
        const x = random(dims, -3, 3);
        const { exact, bound } = bounds(spec, x);
        const computed = fromRuntime((await runModel(buildOnnx(spec), new Map([['x', x]]))).get('y')!);
        computed.data.forEach((value, i) => {
          const distance = Math.abs(value - exact.data[i]!);
          assert.ok(distance <= bound[i]!, `element ${i} is ${distance} off, the bound is ${bound[i]}`);
          closest = Math.max(closest, distance / bound[i]!);
        });
      }
      // n roundings of random sign add up to about √n: the bound must not be wider than some hundred times the truth
      assert.ok(closest > 1 / 500, `the bound is ${1 / closest} times wider than the largest error seen`);
    });
  }

  it('a BN epsilon of 1e-3 instead of 1e-5 breaks the bound', async () => {
    const wrong = {
      ...repVgg,
      nodes: repVgg.nodes.map((node) =>
        node.outputs[0] === 'b0' ? { ...node, attrs: { epsilon: 1e-3 } } : node,
      ),
    };
    const x = random([2, 6, 7, 7]);
    const { exact, bound } = bounds(repVgg, x);
    const computed = fromRuntime((await runModel(buildOnnx(wrong), new Map([['x', x]]))).get('y')!);
    assert.ok(computed.data.some((value, i) => Math.abs(value - exact.data[i]!) > bound[i]!));
  });
});

describe('eval: magnitudes', () => {
  it('sums sizes where values cancel, and counts products and depth', () => {
    const spec = block([2], { two: { dims: [1], data: [-2] } }, [
      { op: 'Mul', inputs: ['x', 'two'], outputs: ['a'] },
      { op: 'Sub', inputs: ['x', 'a'], outputs: ['b'] },
      { op: 'Sum', inputs: ['a', 'b', 'x'], outputs: ['y'] },
    ]);
    const { magnitude } = bounds(spec, float32([2], 1, -3));
    // |−2x| + (|x| + |−2x|) + |x| = 6|x|
    assert.deepEqual(Array.from(magnitude.magnitude.data), [6, 18]);
    assert.deepEqual([magnitude.products, magnitude.depth], [1, 3]);
  });

  it('computes a BN as |t||x| + |β| + |μ||t|', () => {
    const bn = { s: [-3], b: [-2], m: [5], v: [4] };
    const initializers = Object.fromEntries(
      Object.entries(bn).map(([name, data]) => [name, { dims: [1], data }]),
    );
    const spec = block([1, 1, 1], initializers, [
      {
        op: 'BatchNormalization',
        inputs: ['x', 's', 'b', 'm', 'v'],
        outputs: ['y'],
        attrs: { epsilon: { float: 0 } },
      },
    ]);
    // t = −3/2: 1.5·7 + 2 + 5·1.5
    const { magnitude } = bounds(spec, float32([1, 1, 1], -7));
    assert.deepEqual(Array.from(magnitude.magnitude.data), [20]);
    assert.deepEqual([magnitude.products, magnitude.depth], [1, 7]);
  });

  it('counts the relative error of a divisor in which terms cancelled', () => {
    const parts = { p: { dims: [1], data: [1] }, q: { dims: [1], data: [0.75] } };
    const spec = block([1], parts, [
      { op: 'Sub', inputs: ['p', 'q'], outputs: ['d'] },
      { op: 'Div', inputs: ['x', 'd'], outputs: ['y'] },
    ]);
    const { magnitude } = bounds(spec, float32([1], 3));
    // d = 0.25 with magnitude 1.75 and one rounding: 7 relative ones, twice
    assert.deepEqual(
      [Array.from(magnitude.magnitude.data), magnitude.products, magnitude.depth],
      [[12], 1, 14],
    );
  });

  it('starts from any inner value', () => {
    const model = decodeBuilt(repVgg);
    const fed = new Map([
      ['s', random([2, 6, 7, 7])],
      ['b0', random([2, 6, 7, 7])],
    ]);
    const { products, depth } = evaluateMagnitude(model, fed).get('y')!;
    assert.deepEqual([products, depth], [0, 1]);
  });

  it('refuses what is not affine', () => {
    const one = { k: { dims: [1], data: [1] } };
    const nodes: NodeSpec[] = [
      { op: 'Relu', inputs: ['x'], outputs: ['y'] },
      { op: 'Mul', inputs: ['x', 'x'], outputs: ['y'] },
      { op: 'Div', inputs: ['k', 'x'], outputs: ['y'] },
      { op: 'Sqrt', inputs: ['x'], outputs: ['y'] },
      { op: 'Softmax', inputs: ['x'], outputs: ['y'] },
      { op: 'MaxPool', inputs: ['x'], outputs: ['y'], attrs: { kernel_shape: [2] } },
    ];
    for (const node of nodes) {
      const model = decodeBuilt(block([1, 1, 4], one, [node]));
      const run = () => evaluateMagnitude(model, new Map([['x', random([1, 1, 4])]]));
      assert.throws(
        run,
        (error) => error instanceof ProblemError && error.problem.code === 'unsupported',
        node.op,
      );
    }
  });

  it('lets products of fed values through when asked', () => {
    const model = decodeBytes(buildOnnx(block([3], {}, [{ op: 'Mul', inputs: ['x', 'x'], outputs: ['y'] }])));
    const feeds = new Map([['x', float32([3], 1, -2, 3)]]);
    const result = evaluateMagnitude(model, feeds, { multilinear: true }).get('y')!;
    assert.deepEqual([Array.from(result.magnitude.data), result.products], [[1, 4, 9], 1]);
  });
});

describe('eval: γ', () => {
  it('is n·u / (1 − n·u), and infinite where that says nothing', () => {
    assert.equal(roundingBound(0, u), 0);
    assert.equal(roundingBound(4, 2 ** -4), 1 / 3);
    assert.equal(roundingBound(2 ** 24, u), Infinity);
    assert.equal(roundingBound(Infinity, u), Infinity);
  });
});
