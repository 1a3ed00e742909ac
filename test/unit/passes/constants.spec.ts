import assert from 'node:assert/strict';
import { indexGraph } from '../../../src/core/ir/graphIndex';
import type { Model } from '../../../src/core/ir/model';
import { inferFacts } from '../../../src/core/passes/valueFacts';
import type { Tensor } from '../../../src/core/tensor/tensor';
import { decodeBuilt, type NodeSpec, type OnnxSpec } from '../../support/onnxBuilder';
import { factsOf, factsOfBuilt, fixtureModel, ints, numbers, SHAPE_CHAIN } from './support';
import { cpuTime } from '../../support/cpuTime';

function constantModel(nodes: readonly NodeSpec[], initializers: OnnxSpec['initializers']): OnnxSpec {
  const output = nodes.at(-1)!.outputs[0]!;
  return {
    inputs: { x: ['float32', [1]] },
    outputs: { [output]: ['float32', null] },
    initializers: initializers ?? {},
    nodes,
  };
}

/** The model with tensors that can't be read, except the small integer ones that say shapes. */
function withUnreadableWeights(model: Model): Model {
  const initializers = new Map(
    [...model.graph.initializers].map(([name, tensor]): [string, Tensor] => [
      name,
      tensor.dtype === 'int64'
        ? tensor
        : { ...tensor, bytes: () => assert.fail(`the weight "${name}" was read`) },
    ]),
  );
  return { ...model, graph: { ...model.graph, initializers } };
}

describe('inferFacts: constants', () => {
  it('never reads a weight', () => {
    for (const file of ['seed_dbb.legacy.onnx', 'seed_dbb.preserve.onnx']) {
      const model = withUnreadableWeights(fixtureModel(file));
      const facts = inferFacts(model, indexGraph(model.graph), new Map([['N', 2]]));
      assert.ok(facts.constants.size > 500);
    }
  });

  it('hands out the file’s own tensors', () => {
    const model = decodeBuilt(SHAPE_CHAIN);
    const facts = factsOf(model);
    assert.equal(facts.constants.get('four'), model.graph.initializers.get('four'));
    const preserve = fixtureModel('seed_dbb.preserve.onnx');
    const constant = preserve.graph.nodes.find((node) => node.opType === 'Constant')!;
    const attribute = constant.attributes.get('value');
    assert.equal(factsOf(preserve).constants.get(constant.outputs[0]!), attribute?.value);
  });

  it('folds a float chain in float64 and rounds once', () => {
    const big = 2 ** 24;
    const facts = factsOfBuilt(
      constantModel(
        [
          { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
          { op: 'Sub', inputs: ['sum', 'a'], outputs: ['difference'] },
          { op: 'Reshape', inputs: ['difference', 'column'], outputs: ['y'] },
        ],
        { a: { dims: [2], data: [big, 1] }, b: { dims: [2], data: [1, 2 ** -30] }, column: ints(2, 1) },
      ),
    );
    // float32 steps would give 0 for both; exact, since each result is a float32 number
    assert.deepEqual(numbers(facts.constants.get('difference')), [1, 2 ** -30]);
    assert.deepEqual(numbers(facts.constants.get('y')), [1, 2 ** -30]);
    assert.deepEqual(facts.constants.get('y')?.dims, [2, 1]);
    // 2^24 + 1 is no float32: rounded once, to even
    assert.deepEqual(numbers(facts.constants.get('sum')), [big, 1]);
  });

  it('holds nothing constant that a caller may override, that is random, or that branches', () => {
    const branch = (op: string): NodeSpec => ({ op, inputs: ['w', 'w'], outputs: ['r'] });
    const facts = factsOfBuilt({
      inputs: { x: ['float32', [1]], open: ['float32', [2]] },
      outputs: { y: ['float32', null], noise: ['float32', null], chosen: ['float32', null] },
      initializers: {
        open: { dims: [2], data: [1, 2] },
        w: { dims: [2], data: [1, 2] },
        yes: { dtype: 'bool', dims: [], data: [1] },
      },
      nodes: [
        { op: 'Add', inputs: ['open', 'w'], outputs: ['y'] },
        { op: 'RandomNormalLike', inputs: ['w'], outputs: ['noise'] },
        {
          op: 'If',
          inputs: ['yes'],
          outputs: ['chosen'],
          attrs: {
            then_branch: { graph: { outputs: { r: ['float32', [2]] }, nodes: [branch('Add')] } },
            else_branch: { graph: { outputs: { r: ['float32', [2]] }, nodes: [branch('Mul')] } },
          },
        },
      ],
    });
    assert.deepEqual([...facts.constants.keys()].sort(), ['w', 'yes']);
    assert.deepEqual(facts.types.get('y')?.dims, [2]);
  });

  it('refuses to fold what would fill the memory, and still knows its type', () => {
    const facts = factsOfBuilt(
      constantModel(
        [
          { op: 'ConstantOfShape', inputs: ['huge'], outputs: ['zeros'] },
          { op: 'Relu', inputs: ['zeros'], outputs: ['y'] },
        ],
        { huge: ints(100_000, 100_000, 100_000) },
      ),
    );
    assert.deepEqual(facts.types.get('y'), { dtype: 'float32', dims: [100_000, 100_000, 100_000] });
    assert.equal(facts.constants.has('zeros'), false);
    assert.equal(facts.constants.has('y'), false);
  });

  it('takes hostile attributes and shapes as conflicts', () => {
    const nodes: readonly NodeSpec[] = [
      { op: 'MaxPool', inputs: ['x'], outputs: ['a'], attrs: { kernel_shape: [2, 2], strides: [0, 0] } },
      { op: 'Reshape', inputs: ['x', 'badShape'], outputs: ['b'] },
      { op: 'Concat', inputs: ['x', 'x'], outputs: ['c'], attrs: { axis: 99 } },
      { op: 'Transpose', inputs: ['x'], outputs: ['d'], attrs: { perm: [7, 8] } },
      { op: 'Pad', inputs: ['x', 'badPads'], outputs: ['e'] },
      { op: 'ConstantOfShape', inputs: ['badShape'], outputs: ['f'] },
    ];
    const facts = factsOfBuilt({
      inputs: { x: ['float32', [1, 2, 8, 8]] },
      outputs: Object.fromEntries(nodes.map((node) => [node.outputs[0]!, ['float32', null]])),
      initializers: { badShape: ints(-7, -1, -1), badPads: ints(1, 2, 3) },
      nodes,
    });
    assert.equal(facts.conflicts.length, nodes.length);
    for (const node of nodes) assert.equal(facts.types.get(node.outputs[0]!)?.dims ?? null, null);
  });

  it('reads a damaged constant only when asked, and says so', () => {
    const model = decodeBuilt(
      constantModel([{ op: 'Neg', inputs: ['w'], outputs: ['y'] }], { w: { dims: [2], data: [1, 2] } }),
    );
    const short: Tensor = { dtype: 'float32', dims: [2], bytes: () => new Uint8Array(4) };
    const facts = factsOf({ ...model, graph: { ...model.graph, initializers: new Map([['w', short]]) } });
    assert.throws(() => facts.constants.get('y')?.bytes(), /The constant "w" can't be read/);
  });

  it('is fast and linear: 14,000 nodes', () => {
    const nodes: NodeSpec[] = [];
    for (let block = 0; block < 2000; block++) {
      const x = block === 0 ? 'x' : `y${block - 1}`;
      nodes.push(
        { op: 'Conv', inputs: [x, 'w'], outputs: [`c${block}`], attrs: { pads: [1, 1, 1, 1] } },
        { op: 'Add', inputs: [`c${block}`, x], outputs: [`a${block}`] },
        { op: 'Relu', inputs: [`a${block}`], outputs: [`r${block}`] },
        { op: 'Shape', inputs: [`r${block}`], outputs: [`s${block}`] },
        { op: 'Gather', inputs: [`s${block}`, 'one'], outputs: [`g${block}`] },
        {
          op: 'Concat',
          inputs: ['keep', `g${block}`, 'keep', 'keep'],
          outputs: [`t${block}`],
          attrs: { axis: 0 },
        },
        { op: 'Reshape', inputs: [`r${block}`, `t${block}`], outputs: [`y${block}`] },
      );
    }
    const model = decodeBuilt({
      inputs: { x: ['float32', ['N', 4, 'H', 'W']] },
      outputs: { y1999: ['float32', null] },
      initializers: { w: { dims: [4, 4, 3, 3], data: () => 1 }, one: ints(1), keep: ints(0) },
      nodes,
    });
    const index = indexGraph(model.graph);
    for (const bindings of [{}, { N: 1, H: 32, W: 32 }]) {
      const times = Array.from({ length: 3 }, () => {
        const { value: facts, milliseconds } = cpuTime(() =>
          inferFacts(model, index, new Map(Object.entries(bindings))),
        );
        assert.equal(facts.types.get('y1999')?.dims?.[1], 4);
        return milliseconds;
      });
      // some 150 ms on a free machine
      assert.ok(Math.min(...times) < 1500, `${Math.min(...times)} ms`);
    }
  });
});
