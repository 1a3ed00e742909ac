import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { matchModels, type ModelMatch } from '../../../src/core/verify/match/matchModels';
import { sideOf, sideOfDetection } from '../../../src/core/verify/side';
import { decodeBuilt, type NodeSpec, type OnnxSpec } from '../../support/onnxBuilder';
import { deployNetwork, trainNetwork } from './repvgg';

function match(original: OnnxSpec, fused: OnnxSpec): ModelMatch {
  const detection = detect(decodeBuilt(original));
  const fusable = detection.blocks.filter((block) => block.status === 'fusable');
  return matchModels(
    sideOfDetection(detection),
    sideOf(decodeBuilt(fused)),
    fusable,
    (_, __, sinks) => sinks[0] ?? '',
  );
}

/** x → nodes → y. */
function graph(nodes: readonly NodeSpec[], more: Partial<OnnxSpec> = {}): OnnxSpec {
  return {
    inputs: { x: ['float32', ['N', 4]] },
    outputs: { y: ['float32', ['N', 4]] },
    initializers: { c: { dims: [4], data: [1, 2, 3, 4] } },
    nodes,
    ...more,
  };
}

describe('matchModels', () => {
  it('finds every block of a model in itself, unchanged', () => {
    const found = match(trainNetwork(), trainNetwork());
    assert.equal(found.isComplete, true);
    assert.deepEqual(
      found.blocks.map(({ kind }) => kind),
      ['unchanged'],
    );
  });

  it('finds a merged block under its own name', () => {
    const found = match(trainNetwork(), deployNetwork());
    assert.equal(found.isComplete, true);
    assert.deepEqual(
      found.blocks.map(({ kind, source, sink }) => ({ kind, source, sink })),
      [{ kind: 'replaced', source: 'x', sink: 'block' }],
    );
  });

  it('finds a merged block when every name is another one', () => {
    const found = match(trainNetwork(), deployNetwork({ suffix: '_deploy', output: 'result' }));
    assert.equal(found.isComplete, true);
    assert.equal(found.blocks[0]?.sink, 'block_deploy');
    assert.equal(found.outputs?.get('y'), 'result');
  });

  it('finds no merged block where an activation is missing', () => {
    const deploy = deployNetwork();
    const nodes = deploy.nodes
      .filter((node) => node.op !== 'Relu')
      .map((node) => ({
        ...node,
        inputs: node.inputs.map((input) => (input === 'active' ? 'block' : input)),
      }));
    const found = match(trainNetwork(), { ...deploy, nodes });
    assert.equal(found.isComplete, false);
  });

  it('notices a changed weight outside the blocks', () => {
    const deploy = deployNetwork();
    const head = deploy.initializers?.['head.weight'];
    const data = Float64Array.from(head!.data as Float64Array);
    // one unit in the last place
    data[3] = Math.fround((data[3] as number) * (1 + 2 ** -22));
    const found = match(trainNetwork(), {
      ...deploy,
      initializers: { ...deploy.initializers, 'head.weight': { ...head!, data } },
    });
    assert.equal(found.isComplete, false);
    assert.deepEqual(
      found.changed.map((node) => node.opType),
      ['Conv'],
    );
    assert.equal(found.blocks[0]?.kind, 'replaced', 'the block before it is still found');
  });

  const add: NodeSpec = { op: 'Add', inputs: ['x', 'c'], outputs: ['y'] };

  it('takes a constant for a constant, wherever the file keeps it', () => {
    const constant: NodeSpec = {
      op: 'Constant',
      inputs: [],
      outputs: ['c'],
      attrs: { value: { tensor: { dims: [4], data: [1, 2, 3, 4] } } },
    };
    assert.equal(match(graph([add]), graph([constant, add], { initializers: {} })).isComplete, true);
  });

  it('lets operands change places where that changes nothing', () => {
    const swapped = (op: string): OnnxSpec => graph([{ op, inputs: ['c', 'x'], outputs: ['y'] }]);
    assert.equal(match(graph([add]), swapped('Add')).isComplete, true);
    assert.equal(match(graph([{ ...add, op: 'Sub' }]), swapped('Sub')).isComplete, false);
  });

  it('compares attributes by value', () => {
    const softmax = (axis: number): OnnxSpec =>
      graph([{ op: 'Softmax', inputs: ['x'], outputs: ['y'], attrs: { axis } }]);
    assert.equal(match(softmax(1), softmax(1)).isComplete, true);
    assert.equal(match(softmax(1), softmax(0)).isComplete, false);
  });

  it('compares subgraphs node by node, and what they capture by what it is', () => {
    const branch = (name: string, op: string, capture: string) => ({
      graph: {
        name,
        outputs: { [name]: ['float32', null] as const },
        nodes: [{ op, inputs: [capture], outputs: [name] }],
      },
    });
    const model = (op: string, capture: string): OnnxSpec =>
      graph(
        [
          { op: 'Relu', inputs: ['x'], outputs: [capture] },
          {
            op: 'If',
            inputs: ['cond'],
            outputs: ['y'],
            attrs: { then_branch: branch('t', op, capture), else_branch: branch('e', 'Neg', capture) },
          },
        ],
        { inputs: { x: ['float32', ['N', 4]], cond: ['bool', []] } },
      );
    assert.equal(match(model('Abs', 'r'), model('Abs', 'renamed')).isComplete, true);
    assert.equal(match(model('Abs', 'r'), model('Sqrt', 'r')).isComplete, false);
  });

  it('inlines functions before it compares', () => {
    const called = graph([{ op: 'Plus', domain: 'own', inputs: ['x', 'c'], outputs: ['y'] }], {
      functions: [
        {
          name: 'Plus',
          domain: 'own',
          inputs: ['a', 'b'],
          outputs: ['s'],
          nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['s'] }],
        },
      ],
    });
    assert.equal(match(graph([add]), called).isComplete, true);
    assert.equal(match(called, graph([add])).isComplete, true);
  });

  it('says which ends do not fit', () => {
    const two = graph([add, { op: 'Relu', inputs: ['x'], outputs: ['z'] }], {
      outputs: { y: ['float32', null], z: ['float32', null] },
    });
    assert.equal(match(graph([add]), two).outputs, null);
    const needsMore = graph([{ op: 'Add', inputs: ['z', 'extra'], outputs: ['y'] }], {
      inputs: { z: ['float32', ['N', 4]], extra: ['float32', [4]] },
    });
    assert.equal(match(graph([add]), needsMore).inputs, null);
  });

  it('ignores what no output depends on', () => {
    const idle: NodeSpec = { op: 'Relu', inputs: ['x'], outputs: ['idle'] };
    assert.equal(match(graph([idle, add]), graph([add])).isComplete, true);
    assert.equal(match(graph([add]), graph([add, idle])).isComplete, true);
  });
});
