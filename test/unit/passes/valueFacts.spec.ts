import assert from 'node:assert/strict';
import type { OnnxSpec } from '../../support/onnxBuilder';
import { factsOf, factsOfBuilt, fixtureModel, ints, numbers, SHAPE_CHAIN } from './support';

describe('inferFacts: types', () => {
  it('carries shapes through Shape, Gather, Unsqueeze, Concat and Reshape with bindings', () => {
    const facts = factsOfBuilt(SHAPE_CHAIN, { N: 2, H: 5, W: 7 });
    assert.deepEqual(facts.types.get('flat')?.dims, [2, 420]);
    assert.deepEqual(facts.types.get('rows')?.dims, [2, 4, 15, 7]);
    assert.deepEqual(numbers(facts.constants.get('target')), [2, -1]);
    assert.deepEqual(numbers(facts.constants.get('rowShape')), [2, 4, 15, 7]);
    assert.ok(facts.constants.has('grid'));
    assert.equal(facts.constants.has('flat'), false);
  });

  it('carries symbols through the same chain', () => {
    const facts = factsOfBuilt(SHAPE_CHAIN);
    assert.deepEqual(facts.types.get('flat')?.dims, ['N', '12*H*W']);
    assert.deepEqual(facts.types.get('rows')?.dims, ['N', 4, '3*H', 'W']);
    assert.deepEqual(facts.types.get('grid')?.dims, ['N', 4, '3*H', 'W']);
    assert.equal(facts.constants.has('target'), false);
    assert.equal(facts.constants.has('grid'), false);
  });

  it('knows the numbers of a partly symbolic shape', () => {
    const facts = factsOfBuilt({
      inputs: { x: ['float32', ['N', 12, null, 8]] },
      outputs: { channels: ['int64', null] },
      initializers: { one: ints(1) },
      nodes: [
        { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
        { op: 'Gather', inputs: ['shape', 'one'], outputs: ['channels'] },
      ],
    });
    assert.deepEqual(numbers(facts.constants.get('channels')), [12]);
    assert.equal(facts.constants.has('shape'), false);
    assert.deepEqual(facts.types.get('x')?.dims, ['N', 12, 'x.2', 8]);
  });

  it('resolves the Equal and Where that exporters write for expand(-1)', () => {
    const facts = factsOfBuilt({
      inputs: { x: ['float32', ['N', 1, 4]] },
      outputs: { y: ['float32', null] },
      initializers: { six: ints(6), minusOne: ints(-1) },
      nodes: [
        { op: 'Shape', inputs: ['x'], outputs: ['own'] },
        { op: 'Shape', inputs: ['x'], outputs: ['n'], attrs: { start: 0, end: 1 } },
        { op: 'Concat', inputs: ['n', 'six', 'minusOne'], outputs: ['asked'], attrs: { axis: 0 } },
        { op: 'Equal', inputs: ['asked', 'minusOne'], outputs: ['open'] },
        { op: 'Where', inputs: ['open', 'own', 'asked'], outputs: ['target'] },
        { op: 'Expand', inputs: ['x', 'target'], outputs: ['y'] },
      ],
    });
    assert.deepEqual(facts.types.get('y')?.dims, ['N', 6, 4]);
  });

  it('gives branches of different kernels the same symbolic size', () => {
    const attrs = { strides: [2, 2] };
    const facts = factsOfBuilt({
      inputs: { x: ['float32', ['N', 4, 'H', 'W']] },
      outputs: { y: ['float32', null] },
      initializers: { w3: { dims: [4, 4, 3, 3], data: () => 1 }, w1: { dims: [4, 4, 1, 1], data: () => 1 } },
      nodes: [
        { op: 'Conv', inputs: ['x', 'w3'], outputs: ['a'], attrs: { ...attrs, pads: [1, 1, 1, 1] } },
        { op: 'Conv', inputs: ['x', 'w1'], outputs: ['b'], attrs },
        { op: 'Add', inputs: ['a', 'b'], outputs: ['y'] },
      ],
    });
    assert.deepEqual(facts.types.get('y')?.dims, ['N', 4, 'floor((H+1)/2)', 'floor((W+1)/2)']);
  });

  it('takes what the file says of unknown operators, and drops stale symbols once sizes are bound', () => {
    const spec: OnnxSpec = {
      inputs: { x: ['float32', ['N', 3]] },
      outputs: { y: ['float32', ['N', 'stale']] },
      valueInfo: { inner: ['float32', ['N', 'unk__7', 5]] },
      nodes: [
        { op: 'Mystery', domain: 'com.example', inputs: ['x'], outputs: ['inner'] },
        { op: 'Relu', inputs: ['x'], outputs: ['y'] },
      ],
      opsets: { 'com.example': 1 },
    };
    assert.deepEqual(factsOfBuilt(spec).types.get('inner')?.dims, ['N', 'unk__7', 5]);
    const bound = factsOfBuilt(spec, { N: 4 });
    assert.deepEqual(bound.types.get('inner')?.dims, [4, null, 5]);
    assert.deepEqual(bound.types.get('y')?.dims, [4, 3]);
  });

  for (const [file, bindings] of [
    ['seed_dbb.legacy.onnx', { N: 2 }],
    ['seed_dbb.preserve.onnx', { N: 2 }],
    ['seed_dbb_anysize.legacy.onnx', { N: 2, H: 16, W: 18 }],
  ] as const) {
    it(`makes every value of ${file} concrete`, () => {
      const model = fixtureModel(file);
      const facts = factsOf(model, bindings);
      const values = model.graph.nodes.flatMap((node) => node.outputs);
      assert.ok(values.length >= 840);
      assert.deepEqual(facts.conflicts, []);
      const open = values.filter(
        (value) => facts.types.get(value)?.dims?.every((dim) => typeof dim === 'number') !== true,
      );
      assert.deepEqual(open, []);
      // what is left of the graph once constants are folded
      const dynamic = model.graph.nodes.filter(
        (node) => !node.outputs.every((output) => facts.constants.has(output)),
      );
      assert.ok(dynamic.length <= 34, `${dynamic.length} nodes are left`);
    });
  }
});

describe('inferFacts: conflicts', () => {
  it('says which nodes contradict a batch that is not the one baked in', () => {
    for (const batch of [1, 4]) {
      const { conflicts } = factsOf(fixtureModel('seed_dbb.legacy.onnx'), { N: batch });
      assert.equal(conflicts.length, 8);
      assert.match(conflicts[0]!.message, /^Node "\/avg\/avg.1\/\w+" \((Reshape|Expand)\): .*\.$/);
    }
  });

  it('compares outputs with the symbols that the file gives them', () => {
    const { conflicts } = factsOfBuilt(
      {
        inputs: { x: ['float32', ['N', 3]] },
        outputs: { y: ['float32', ['N', 3]] },
        initializers: { baked: { dims: [2, 3], data: () => 1 } },
        nodes: [{ op: 'Add', inputs: ['x', 'baked'], outputs: ['y'] }],
      },
      { N: 1 },
    );
    assert.deepEqual(conflicts, [
      { node: 'y', message: 'Output "y" has 2 on axis 0 where the file says N, which is 1.' },
    ]);
  });

  it('does not trust the names that a file gives to sizes of its output', () => {
    const pool = {
      op: 'MaxPool',
      inputs: ['x'],
      outputs: ['y'],
      attrs: { kernel_shape: [2, 2], strides: [2, 2] },
    };
    const { conflicts, types } = factsOfBuilt(
      {
        inputs: { x: ['float32', ['N', 3, 'h', 'w']] },
        outputs: { y: ['float32', ['N', 3, 'h', 'w']] },
        nodes: [pool],
      },
      { N: 1, h: 8, w: 12 },
    );
    assert.deepEqual(conflicts, []);
    assert.deepEqual(types.get('y')?.dims, [1, 3, 4, 6]);
  });

  it('leaves sizes open where channels do not fit, and goes on', () => {
    const facts = factsOfBuilt({
      inputs: { x: ['float32', [1, 5, 8, 8]] },
      outputs: { y: ['float32', null] },
      initializers: { w: { dims: [4, 4, 3, 3], data: () => 1 } },
      nodes: [
        { op: 'Conv', name: 'bad', inputs: ['x', 'w'], outputs: ['c'] },
        { op: 'Relu', inputs: ['c'], outputs: ['y'] },
      ],
    });
    assert.equal(facts.conflicts[0]?.node, 'bad');
    assert.equal(facts.types.get('y')?.dims ?? null, null);
  });
});
