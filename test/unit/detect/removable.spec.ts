import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { fuseToBytes } from '../../support/models';
import { decodeBuilt, decodeBytes, type NodeSpec, type OnnxSpec } from '../../support/onnxBuilder';
import { assertMerges, assertRefuses, detectSpec, fusableBlocks } from './merges';
import { Net } from './net';

/** What decides whether the nodes of a block may go: `canRemove`, seen through whole graphs. */

const DIMS = ['N', 4, 'H', 'W'] as const;

interface Graph {
  readonly net: Net;
  readonly a: string;
  readonly b: string;
  readonly sum: string;
}

/** 3×3 + 1×1, added. */
function block(): Graph {
  const net = new Net();
  const a = net.conv('x', [4, 4], 3, { pad: 1 });
  const b = net.conv('x', [4, 4], 1);
  return { net, a, b, sum: net.node('Add', [a, b]) };
}

/** The block's spec with further nodes and outputs. */
function withMore(
  { net, sum }: Graph,
  nodes: readonly NodeSpec[],
  outputs: OnnxSpec['outputs'] = {},
): OnnxSpec {
  const spec = net.spec(DIMS, sum);
  return { ...spec, nodes: [...spec.nodes, ...nodes], outputs: { ...spec.outputs, ...outputs } };
}

describe('a block is kept whole', () => {
  it('merges when nobody else looks inside', () => {
    const { net, sum } = block();
    assertMerges(net.spec(DIMS, sum), [[1, 4, 6, 6]]);
  });

  it('when another node reads a branch', () => {
    const graph = block();
    const more = [{ op: 'Tanh', name: 'spy', inputs: [graph.a], outputs: ['t'] }];
    const refused = assertRefuses(withMore(graph, more, { t: ['float64', null] }), 'extra-consumer');
    assert.match(refused!.refusal.message, /read by "spy" \(Tanh\)/);
    assert.deepEqual(refused!.refusal.nodes, [`Conv_${graph.a}`, 'spy']);
  });

  it('when a branch is an output of the model', () => {
    const graph = block();
    const refused = assertRefuses(withMore(graph, [], { [graph.b]: ['float64', null] }), 'extra-consumer');
    assert.match(refused!.refusal.message, /also an output of the model/);
  });

  it('when a subgraph captures a branch', () => {
    const graph = block();
    const branch = (op: string) => ({
      graph: {
        outputs: { r: ['float64', null] as const },
        nodes: [{ op, inputs: [graph.a], outputs: ['r'] }],
      },
    });
    const more: NodeSpec[] = [
      {
        op: 'If',
        name: 'if',
        inputs: ['when'],
        outputs: ['t'],
        attrs: { then_branch: branch('Tanh'), else_branch: branch('Neg') },
      },
    ];
    const spec = withMore(graph, more, { t: ['float64', null] });
    const refused = assertRefuses(
      { ...spec, inputs: { ...spec.inputs, when: ['bool', []] } },
      'extra-consumer',
    );
    assert.match(refused!.refusal.message, /read by "if" \(If\)/);
  });

  it('but not for readers of what comes out of it, or goes in', () => {
    const graph = block();
    const more = [
      { op: 'Tanh', inputs: [graph.sum], outputs: ['t'] },
      { op: 'Tanh', inputs: ['x'], outputs: ['u'] },
    ];
    const spec = withMore(graph, more, { t: ['float64', null], u: ['float64', null] });
    assertMerges(spec, [[1, 4, 6, 6]]);
  });
});

describe('what goes with a block', () => {
  const fused = (spec: OnnxSpec) => decodeBytes(fuseToBytes(detect(decodeBuilt(spec)))).graph;

  it('weights that only it read', () => {
    const { net, sum } = block();
    const graph = fused(net.spec(DIMS, sum));
    assert.deepEqual([...graph.initializers.keys()].sort(), ['y.reparam.bias', 'y.reparam.weight']);
  });

  it('but not weights that others share', () => {
    const net = new Net();
    const weight = net.constant([4, 4, 1, 1]);
    const other = net.node('Conv', ['x', weight]);
    const sum = net.node('Add', [net.conv('x', [4, 4], 3, { pad: 1 }), net.node('Conv', ['x', weight])]);
    const relu = net.node('Relu', [sum]);
    const spec = net.spec(DIMS, net.node('Mul', [relu, other]));
    assertMerges(spec, [[1, 4, 6, 6]]);
    assert.ok(fused(spec).initializers.has(weight), 'which the other convolution still reads');
  });

  it('shape arithmetic that nobody needs any more', () => {
    const net = new Net();
    const a = net.conv('x', [4, 4], 3, { pad: 1 });
    // an exporter's way to write a pad whose sizes it computes from the shape: of no effect in the end
    const shape = net.node('Shape', [a]);
    const none = net.node('Sub', [shape, shape]);
    const pads = net.node('Concat', [none, none], { axis: 0 });
    const spec = net.spec(
      [1, 4, 6, 6],
      net.node('Add', [net.node('Pad', [a, pads]), net.conv('x', [4, 4], 1)]),
    );
    assertMerges(spec, [[1, 4, 6, 6]]);
    assert.deepEqual(
      fused(spec).nodes.map((node) => node.opType),
      ['Conv'],
    );
  });

  it('but not shape arithmetic that others need', () => {
    const { net, a, sum } = block();
    const shape = net.node('Shape', [a]);
    const ones = net.node('ConstantOfShape', [shape]);
    const cast = net.node('Cast', [ones], { to: 11 });
    const spec = net.spec(DIMS, net.node('Add', [net.node('Relu', [sum]), cast]));
    const detection = detectSpec(spec);
    const bytes = fuseToBytes(detection);
    const feeds = new Map([
      [
        'x',
        {
          dtype: 'float64' as const,
          dims: [1, 4, 5, 5],
          data: Float64Array.from({ length: 100 }, (_, i) => i % 7),
        },
      ],
    ]);
    // merged or not: what is written still computes the same, to float64 rounding of some dozen products
    const [before, after] = [decodeBuilt(spec), decodeBytes(bytes)].map((m) =>
      evaluateGraph(m, feeds).get('y')!,
    );
    before!.data.forEach((value, at) => assert.ok(Math.abs(value - after!.data[at]!) < 1e-12));
  });

  it('nothing that was unread before', () => {
    const { net, sum } = block();
    const orphan = net.constant([3]);
    assert.ok(fused(net.spec(DIMS, sum)).initializers.has(orphan), 'not ours to judge');
  });
});

describe('blocks beside each other', () => {
  it('do not overlap, and each is merged', () => {
    const net = new Net();
    const stage = (input: string): string =>
      net.node('Add', [net.conv(input, [4, 4], 3, { pad: 1 }), net.conv(input, [4, 4], 1)]);
    const one = stage('x');
    const two = stage(net.node('Relu', [one]));
    const three = stage(net.node('Relu', [one]));
    const { blocks } = detectSpec(net.spec(DIMS, net.node('Mul', [two, three])));
    assert.deepEqual(
      blocks.map(({ id, region }) => [id, region.sink]),
      [
        ['b0', one],
        ['b1', two],
        ['b2', three],
      ],
    );
    const nodes = fusableBlocks({ blocks }).flatMap(({ region }) => region.nodes);
    assert.equal(new Set(nodes).size, nodes.length);
  });
});

describe('weights that are inputs with defaults', () => {
  it('are a reason, in a sentence that says what to export', () => {
    const { net, sum } = block();
    const spec = net.spec(DIMS, sum);
    const weights = Object.entries(spec.initializers ?? {}).map(([name, { dims }]) => [
      name,
      ['float64', dims],
    ]);
    const inputs = { ...spec.inputs, ...(Object.fromEntries(weights) as OnnxSpec['inputs']) };
    const refused = assertRefuses({ ...spec, inputs }, 'dynamic-coefficient');
    assert.match(
      refused!.refusal.message,
      /"c\d" and 3 more\) are inputs .* keep_initializers_as_inputs=False\.$/,
    );
    assert.equal(refused!.id, 'b0');
    assert.equal(refused!.branches.length, 2);
  });
});
