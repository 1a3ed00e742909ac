import assert from 'node:assert/strict';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { validateGraph } from '../../../src/core/ir/validate';
import type { Model, Node } from '../../../src/core/ir/model';
import { inlineFunctions } from '../../../src/core/passes/inlineFunctions';
import { decodeBuilt, type FunctionSpec, type NodeSpec, type OnnxSpec } from '../../support/onnxBuilder';

const DOMAIN = 'local';

/** leaky(x; slope) = LeakyRelu; twice(x, shift; slope) = leaky(leaky(x)) + shift, with slope 0.5 unless given. */
const LEAKY: FunctionSpec = {
  name: 'leaky',
  domain: DOMAIN,
  inputs: ['x'],
  outputs: ['y'],
  attributes: ['slope'],
  nodes: [
    { op: 'LeakyRelu', name: 'act', inputs: ['x'], outputs: ['y'], attrs: { alpha: { ref: 'slope' } } },
  ],
};
const TWICE: FunctionSpec = {
  name: 'twice',
  domain: DOMAIN,
  inputs: ['x', 'shift'],
  outputs: ['sum', 'inner'],
  attributeDefaults: { slope: 0.5 },
  nodes: [
    {
      op: 'leaky',
      domain: DOMAIN,
      name: 'first',
      inputs: ['x'],
      outputs: ['inner'],
      attrs: { slope: { ref: 'slope' } },
    },
    {
      op: 'leaky',
      domain: DOMAIN,
      name: 'second',
      inputs: ['inner'],
      outputs: ['outer'],
      attrs: { slope: 0.25 },
    },
    { op: 'Add', name: 'add', inputs: ['outer', 'shift'], outputs: ['sum'] },
  ],
};

function call(name: string, rest: Omit<NodeSpec, 'op' | 'domain'>): NodeSpec {
  return { op: name, domain: DOMAIN, ...rest };
}

function model(
  functions: readonly FunctionSpec[],
  nodes: readonly NodeSpec[],
  outputs: readonly string[],
): Model {
  const spec: OnnxSpec = {
    inputs: { x: ['float32', [3]] },
    outputs: Object.fromEntries(outputs.map((name) => [name, ['float32', null]])),
    initializers: { one: { dims: [1], data: [1] } },
    functions,
    nodes,
  };
  return decodeBuilt(spec);
}

function run(one: Model): ReadonlyMap<string, number[]> {
  const x = { dtype: 'float32', dims: [3], data: Float64Array.of(-8, 2, -0.5) } as const;
  return new Map(
    [...evaluateGraph(one, new Map([['x', x]]))].map(([name, array]) => [name, Array.from(array.data)]),
  );
}

function names(nodes: readonly Node[]): readonly string[] {
  return nodes.map((node) => node.name);
}

describe('inlineFunctions', () => {
  const nested = model(
    [TWICE, LEAKY],
    [
      call('twice', { name: 'a', inputs: ['x', 'one'], outputs: ['ya'] }),
      call('twice', { name: 'b', inputs: ['ya', 'one'], outputs: ['yb', 'ib'], attrs: { slope: 0.125 } }),
    ],
    ['yb', 'ib'],
  );

  it('gives back a model without functions as it is', () => {
    const plain = model([], [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }], ['y']);
    assert.equal(inlineFunctions(plain), plain);
  });

  it('replaces nested calls, with attributes from the call, the default and the body', () => {
    const flat = inlineFunctions(nested);
    assert.deepEqual(
      flat.graph.nodes.map((node) => node.opType),
      ['LeakyRelu', 'LeakyRelu', 'Add', 'LeakyRelu', 'LeakyRelu', 'Add'],
    );
    const slopes = flat.graph.nodes
      .map((node) => node.attributes.get('alpha'))
      .filter((slope) => slope !== undefined);
    assert.deepEqual(
      slopes.map((slope) => slope.value),
      [0.5, 0.25, 0.125, 0.25],
    );
    assert.deepEqual(flat.functions, []);
    validateGraph(flat.graph);
  });

  it('computes what the functions computed', () => {
    const expected = run(nested);
    // x → 0.5, 0.25 → + 1 → 0.125, 0.25 → + 1, by hand and exact in binary
    assert.deepEqual(expected.get('yb'), [1, 4, 1.9375]);
    assert.deepEqual(run(inlineFunctions(nested)), expected);
  });

  it('names values and nodes by their call, outputs as the call does', () => {
    const flat = inlineFunctions(nested);
    assert.deepEqual(names(flat.graph.nodes).slice(0, 3), ['a/first/act', 'a/second/act', 'a/add']);
    const [first, second, add] = flat.graph.nodes;
    assert.deepEqual([first!.inputs, first!.outputs], [['x'], ['a/inner']]);
    assert.deepEqual([second!.inputs, second!.outputs], [['a/inner'], ['a/outer']]);
    assert.deepEqual([add!.inputs, add!.outputs], [['a/outer', 'one'], ['ya']]);
    assert.deepEqual(flat.graph.nodes[3]!.outputs, ['ib']);
  });

  it('remembers the call and the body of each copy', () => {
    const { origin } = inlineFunctions(nested).graph.nodes[2]!;
    assert.ok(origin.kind === 'inlined');
    assert.equal(origin.call, nested.graph.nodes[0]);
    assert.equal(origin.body, nested.functions.find(({ name }) => name === 'twice')!.nodes[2]);
  });

  it('leaves the model that it was given alone', () => {
    const before = names(nested.graph.nodes);
    inlineFunctions(nested);
    assert.deepEqual(names(nested.graph.nodes), before);
    assert.equal(nested.functions.length, 2);
  });

  it('keeps clear of names that are taken', () => {
    const taken = model(
      [LEAKY, TWICE],
      [
        { op: 'Relu', name: 'a/add', inputs: ['x'], outputs: ['a/inner'] },
        call('twice', { name: 'a', inputs: ['a/inner', 'one'], outputs: ['y'] }),
      ],
      ['y'],
    );
    const flat = inlineFunctions(taken);
    validateGraph(flat.graph);
    assert.deepEqual(names(flat.graph.nodes), ['a/add', 'a/first/act', 'a/second/act', 'a/add_1']);
    assert.deepEqual(flat.graph.nodes[1]!.outputs, ['a/inner_1']);
    assert.deepEqual(run(flat), run(taken));
  });

  it('leaves out an optional input that the call leaves out, and an attribute that nobody gives', () => {
    const clip: FunctionSpec = {
      name: 'clip',
      domain: DOMAIN,
      inputs: ['x', 'low', 'high'],
      outputs: ['y'],
      attributes: ['slope'],
      nodes: [
        { op: 'Clip', inputs: ['x', 'low', 'high'], outputs: ['c'] },
        { op: 'LeakyRelu', inputs: ['c'], outputs: ['y'], attrs: { alpha: { ref: 'slope' } } },
      ],
    };
    const flat = inlineFunctions(
      model([clip], [call('clip', { name: 'k', inputs: ['x', '', 'one'], outputs: ['y'] })], ['y']),
    );
    assert.deepEqual(flat.graph.nodes[0]!.inputs, ['x', '', 'one']);
    assert.equal(flat.graph.nodes[1]!.attributes.has('alpha'), false);
  });

  it('copies an input that a function hands out', () => {
    const pass: FunctionSpec = {
      name: 'pass',
      domain: DOMAIN,
      inputs: ['x'],
      outputs: ['x', 'y', 'y'],
      nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
    };
    const given = model(
      [pass],
      [call('pass', { name: 'p', inputs: ['x'], outputs: ['same', 'n1', 'n2'] })],
      ['same', 'n1', 'n2'],
    );
    const flat = inlineFunctions(given);
    validateGraph(flat.graph);
    const results = run(flat);
    assert.deepEqual(results.get('same'), [-8, 2, -0.5]);
    assert.deepEqual(results.get('n1'), [8, -2, 0.5]);
    assert.deepEqual(results.get('n2'), results.get('n1'));
  });

  it('renames what the subgraphs of a body see', () => {
    const branch = (op: string): NodeSpec => ({ op, name: 'leaf', inputs: ['mid', 'x'], outputs: ['r'] });
    const choose: FunctionSpec = {
      name: 'choose',
      domain: DOMAIN,
      inputs: ['x'],
      outputs: ['y'],
      nodes: [
        { op: 'Neg', inputs: ['x'], outputs: ['mid'] },
        { op: 'ReduceMax', inputs: ['x'], outputs: ['top'], attrs: { keepdims: 0 } },
        { op: 'Cast', inputs: ['top'], outputs: ['flag'], attrs: { to: 9 } },
        {
          op: 'If',
          inputs: ['flag'],
          outputs: ['y'],
          attrs: {
            then_branch: { graph: { outputs: { r: ['float32', [3]] }, nodes: [branch('Add')] } },
            else_branch: { graph: { outputs: { r: ['float32', [3]] }, nodes: [branch('Mul')] } },
          },
        },
      ],
    };
    const given = model(
      [choose],
      [
        call('choose', { name: 'c', inputs: ['x'], outputs: ['m'] }),
        call('choose', { name: 'd', inputs: ['m'], outputs: ['y'] }),
      ],
      ['y'],
    );
    const flat = inlineFunctions(given);
    validateGraph(flat.graph);
    // m = −x + x, and its largest element is 0: y = −m · m
    assert.deepEqual(
      run(flat)
        .get('y')
        ?.map((value) => value + 0),
      [0, 0, 0],
    );
    const attribute = flat.graph.nodes[3]!.attributes.get('then_branch');
    assert.ok(attribute?.kind === 'graph');
    assert.deepEqual(attribute.value.nodes[0]!.inputs, ['c/mid', 'x']);
  });

  it('leaves calls inside subgraphs, and then keeps the functions', () => {
    const inner: NodeSpec = call('leaky', {
      name: 'in',
      inputs: ['x'],
      outputs: ['r'],
      attrs: { slope: 0.5 },
    });
    const given = decodeBuilt({
      inputs: { x: ['float32', [3]], flag: ['bool', []] },
      outputs: { y: ['float32', [3]] },
      functions: [LEAKY],
      nodes: [
        {
          op: 'If',
          inputs: ['flag'],
          outputs: ['y'],
          attrs: {
            then_branch: { graph: { outputs: { r: ['float32', [3]] }, nodes: [inner] } },
            else_branch: { graph: { outputs: { r: ['float32', [3]] }, nodes: [inner] } },
          },
        },
      ],
    });
    const flat = inlineFunctions(given);
    assert.equal(flat.functions, given.functions);
    assert.equal(flat.graph.nodes[0], given.graph.nodes[0]);
  });

  it('leaves a call alone where overloads make it ambiguous', () => {
    const given = model(
      [LEAKY, { ...LEAKY, overload: 'other' }],
      [call('leaky', { name: 'l', inputs: ['x'], outputs: ['y'], attrs: { slope: 0.5 } })],
      ['y'],
    );
    assert.deepEqual(names(inlineFunctions(given).graph.nodes), ['l']);
  });
});
