import assert from 'node:assert/strict';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { evaluateNode, supportsOp } from '../../../src/core/eval/evaluateNode';
import { ProblemError } from '../../../src/core/result';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { decodeBuilt, type OnnxSpec } from '../../support/onnxBuilder';
import { float32, int64, typed } from './againstRuntime';
import { fixtureArray, fixtureModel } from './fixtures';

function problem(code: string, words: RegExp) {
  return (error: unknown) =>
    error instanceof ProblemError && error.problem.code === code && words.test(error.message);
}

const vector = (...values: number[]) => float32([values.length], ...values);

function values(array: NdArray | undefined): number[] {
  return Array.from(array!.data);
}

/** y = (x + 1) · 2, z = −y, with a constant c. */
const chain: OnnxSpec = {
  inputs: { x: ['float32', [2]] },
  outputs: { z: ['float32', [2]] },
  initializers: { one: { dims: [1], data: [1] } },
  nodes: [
    { op: 'Constant', inputs: [], outputs: ['two'], attrs: { value_float: { float: 2 } } },
    { op: 'Add', inputs: ['x', 'one'], outputs: ['sum'] },
    { op: 'Mul', inputs: ['sum', 'two'], outputs: ['y'] },
    { op: 'Neg', inputs: ['y'], outputs: ['z'] },
    { op: 'NonMaxSuppression', name: 'unused', inputs: ['y', 'y'], outputs: ['unknown'] },
  ],
};

describe('eval: a graph', () => {
  const model = decodeBuilt(chain);
  const x = new Map([['x', vector(3, 5)]]);

  it('runs only what its outputs need', () => {
    assert.deepEqual(values(evaluateGraph(model, x).get('z')), [-8, -12]);
    assert.throws(
      () => evaluateGraph(model, x, { outputs: ['unknown'] }),
      problem('unsupported', /"unused" \(NonMaxSuppression\)/),
    );
  });

  it('gives inner values, inputs and initializers when asked', () => {
    const results = evaluateGraph(model, x, { outputs: ['sum', 'x', 'one', 'two'] });
    assert.deepEqual(
      [...results].map(([name, array]) => [name, ...values(array)]),
      [
        ['sum', 4, 6],
        ['x', 3, 5],
        ['one', 1],
        ['two', 2],
      ],
    );
  });

  it('starts from an inner value that is fed', () => {
    assert.deepEqual(values(evaluateGraph(model, new Map([['sum', vector(1, 2)]])).get('z')), [-2, -4]);
  });

  it('takes other values for initializers', () => {
    const overrides = new Map([['one', vector(10)]]);
    assert.deepEqual(values(evaluateGraph(model, x, { overrides }).get('z')), [-26, -30]);
  });

  it('says what is missing', () => {
    assert.throws(() => evaluateGraph(model, new Map()), problem('bad-input', /needs "x"/));
    assert.throws(() => evaluateGraph(model, x, { outputs: ['nowhere'] }), problem('bad-input', /"nowhere"/));
  });

  it('stops when told to', () => {
    const signal = AbortSignal.abort();
    assert.throws(() => evaluateGraph(model, x, { signal }), problem('cancelled', /cancelled/));
  });

  it('knows its operators', () => {
    const [constant, , , , unknown] = model.graph.nodes;
    assert.equal(supportsOp(constant!), true);
    assert.equal(supportsOp(unknown!), false);
    assert.equal(supportsOp({ ...constant!, opType: 'If' }), true);
    assert.equal(supportsOp({ ...constant!, domain: 'com.example' }), false);
    const elsewhere = { ...constant!, domain: 'com.example' };
    assert.throws(() => evaluateNode(elsewhere, [], { opset: 17 }), problem('unsupported', /com\.example/));
  });
});

describe('eval: branches, loops and functions', () => {
  const scalarSpec = (op: string, value: number) => ({
    op,
    inputs: ['x', 'outer'],
    outputs: [`${op}${value}`],
  });

  it('takes one branch of an If, which sees the values around it', () => {
    const branch = (op: string) => ({
      outputs: { [`${op}0`]: ['float32', null] as const },
      nodes: [scalarSpec(op, 0)],
    });
    const model = decodeBuilt({
      inputs: { x: ['float32', [1]], c: ['bool', []] },
      outputs: { y: ['float32', null] },
      initializers: { outer: { dims: [1], data: [10] } },
      nodes: [
        {
          op: 'If',
          inputs: ['c'],
          outputs: ['y'],
          attrs: { then_branch: { graph: branch('Add') }, else_branch: { graph: branch('Mul') } },
        },
      ],
    });
    const run = (c: number) =>
      evaluateGraph(
        model,
        new Map([
          ['x', vector(3)],
          ['c', typed('bool', [], c)],
        ]),
      ).get('y');
    assert.deepEqual([values(run(1)), values(run(0))], [[13], [30]]);
  });

  it('runs a Loop with a carried value, a scan output and an early end', () => {
    const body = {
      inputs: { i: ['int64', []], go: ['bool', []], sum: ['float32', [1]] } as const,
      outputs: { more: ['bool', []], next: ['float32', [1]], seen: ['float32', [1]] } as const,
      nodes: [
        { op: 'Add', inputs: ['sum', 'step'], outputs: ['next'] },
        { op: 'Less', inputs: ['next', 'limit'], outputs: ['more'] },
        { op: 'Neg', inputs: ['next'], outputs: ['seen'] },
      ],
    };
    const model = decodeBuilt({
      inputs: { n: ['int64', [1]] },
      outputs: { total: ['float32', null], all: ['float32', null] },
      initializers: {
        step: { dims: [1], data: [2] },
        limit: { dims: [1], data: [7] },
        zero: { dims: [1], data: [0] },
      },
      nodes: [
        {
          op: 'Loop',
          inputs: ['n', '', 'zero'],
          outputs: ['total', 'all'],
          attrs: { body: { graph: body } },
        },
      ],
    });
    const run = (n: number) => {
      const results = evaluateGraph(model, new Map([['n', int64(n)]]));
      return [values(results.get('total')), results.get('all')!.dims, values(results.get('all'))];
    };
    assert.deepEqual(run(3), [[6], [3, 1], [-2, -4, -6]]);
    assert.deepEqual(run(99), [[8], [4, 1], [-2, -4, -6, -8]]);
  });

  it('calls functions with attributes, defaults and absent inputs', () => {
    const model = decodeBuilt({
      inputs: { x: ['float32', [2]] },
      outputs: { y: ['float32', null], z: ['float32', null] },
      functions: [
        {
          domain: 'local',
          name: 'Leaky',
          inputs: ['a', 'low'],
          outputs: ['out'],
          attributeDefaults: { slope: 0.5 },
          nodes: [
            { op: 'LeakyRelu', inputs: ['a'], outputs: ['leak'], attrs: { alpha: { ref: 'slope' } } },
            { op: 'Clip', inputs: ['leak', 'low'], outputs: ['out'] },
          ],
        },
      ],
      initializers: { floor: { dims: [], data: [-2] } },
      nodes: [
        { op: 'Leaky', domain: 'local', inputs: ['x'], outputs: ['y'], attrs: { slope: 0.25 } },
        { op: 'Leaky', domain: 'local', inputs: ['x', 'floor'], outputs: ['z'] },
      ],
    });
    const results = evaluateGraph(model, new Map([['x', vector(-8, 4)]]));
    assert.deepEqual(
      [values(results.get('y')), values(results.get('z'))],
      [
        [-2, 4],
        [-2, 4],
      ],
    );
    const [, z] = [...evaluateGraph(model, new Map([['x', vector(-3, 1)]])).values()];
    assert.deepEqual(values(z), [-1.5, 1]);
  });

  it('refuses functions that call each other without end', () => {
    const call = (name: string, other: string) => ({
      domain: 'local',
      name,
      inputs: ['a'],
      outputs: ['b'],
      nodes: [{ op: other, domain: 'local', inputs: ['a'], outputs: ['b'] }],
    });
    const model = decodeBuilt({
      inputs: { x: ['float32', [1]] },
      outputs: { y: ['float32', null] },
      functions: [call('Ping', 'Pong'), call('Pong', 'Ping')],
      nodes: [{ op: 'Ping', domain: 'local', inputs: ['x'], outputs: ['y'] }],
    });
    assert.throws(
      () => evaluateGraph(model, new Map([['x', vector(1)]])),
      problem('bad-input', /calls itself/),
    );
  });
});

describe('eval: exported networks against float64 runs of the networks themselves', () => {
  /**
   * What a file may be off its network, relative to the largest output: exporters that fold BN do so in float32
   * (measured up to 2e-7); those that do not only store epsilon in float32 (measured up to 3e-12).
   */
  const FOLDED = 5e-7;
  const UNFOLDED = 1e-11;
  const files: [string, number][] = [
    ['repvgg.preserve.onnx', UNFOLDED],
    ['repvgg.legacy.onnx', FOLDED],
    ['repvgg_grouped.legacy.onnx', FOLDED],
    ['acnet.dynamo.onnx', FOLDED],
    ['seed_repcpe.legacy.onnx', UNFOLDED],
    ['seed_dbb_anysize.dynamo.onnx', FOLDED],
    ['seed_dynamic_conv.legacy.onnx', UNFOLDED],
  ];
  for (const [file, tolerance] of files) {
    it(file, () => {
      const base = file.split('.')[0]!;
      const model = fixtureModel(file);
      const expected = fixtureArray(`${base}.y64.npy`);
      const feeds = new Map([[model.graph.inputs[0]!.name, fixtureArray(`${base}.x.npy`)]]);
      const [actual] = [...evaluateGraph(model, feeds).values()];
      assert.deepEqual(actual!.dims, expected.dims);
      const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = expected.data.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - actual!.data[i]!)),
        0,
      );
      assert.ok(worst <= tolerance * largest, `off by ${worst / largest} of the largest output`);
    });
  }
});
