import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { elementCount, type NdArray } from '../../../src/core/tensor/tensor';
import { fuseToBytes } from '../../support/models';
import { decodeBuilt, decodeBytes, type NodeSpec, type OnnxSpec } from '../../support/onnxBuilder';
import { assertMerges, detectSpec, fusableBlocks } from '../detect/merges';
import { Net, type ConvOptions } from '../detect/net';

/** Sizes and graphs at the edge of what a file may hold. */

/** float64 against float64, a few hundred products: some thousand roundings of 2^-53. */
const TOLERANCE = 1e-12;
const C = [4, 4] as const;
const ANY = ['N', 4, 'H', 'W'] as const;

/** A 3×3 convolution beside what `branch` makes. */
function beside(branch: (net: Net) => string, net = new Net()): { readonly net: Net; readonly sum: string } {
  const first = net.conv('x', C, 3, { pad: 1 });
  return { net, sum: net.node('Add', [first, branch(net)]) };
}

const point = (net: Net, options: ConvOptions = {}): string => net.conv('x', C, 1, options);

/** The fused model gives what the original gives, for every output; @returns the number of blocks that were merged. */
function assertSame(
  spec: OnnxSpec,
  dims: readonly number[],
  more: Readonly<Record<string, NdArray>> = {},
): number {
  const before = decodeBuilt(spec);
  const detection = detect(before);
  const after = decodeBytes(fuseToBytes(detection));
  const data = Float64Array.from({ length: elementCount(dims) }, (_, i) => ((i * 6007 + 13) % 997) / 498 - 1);
  const feeds = new Map([
    ['x', { dtype: before.graph.inputs[0]!.type!.dtype, dims, data }],
    ...Object.entries(more),
  ]);
  const [want, got] = [evaluateGraph(before, feeds), evaluateGraph(after, feeds)];
  assert.deepEqual([...got.keys()], [...want.keys()]);
  for (const [name, value] of want) {
    const other = got.get(name)!;
    assert.deepEqual(other.dims, value.dims, name);
    value.data.forEach((number, at) => assert.ok(Math.abs(number - other.data[at]!) <= TOLERANCE, name));
  }
  return fusableBlocks(detection).length;
}

describe('sizes at the edge', () => {
  const side = (kernel: number): OnnxSpec => {
    const pad = (kernel - 1) / 2;
    const { net, sum } = beside((own) => own.conv('x', C, kernel, { pad }));
    return net.spec(ANY, sum);
  };
  it('an image of one place, a row, a column', () => {
    assertMerges(side(1), [
      [1, 4, 1, 1],
      [2, 4, 1, 7],
      [2, 4, 7, 1],
    ]);
  });

  it('a kernel larger than the image', () => {
    assertMerges(side(7), [
      [1, 4, 2, 3],
      [1, 4, 1, 1],
    ]);
  });

  it('a dilation larger than the image', () => {
    const net = new Net();
    const wide = [0, 1].map(() => net.conv('x', C, 3, { pad: 5, dilation: 5 }));
    assertMerges(net.spec(ANY, net.node('Sum', [...wide, point(net)])), [
      [1, 4, 3, 4],
      [1, 4, 1, 1],
    ]);
  });

  it('one channel', () => {
    const net = new Net();
    const sum = net.node('Add', [net.conv('x', [1, 1], 3, { pad: 1 }), 'x']);
    assertMerges(net.spec(['N', 1, 'H', 'W'], sum), [[2, 1, 4, 5]]);
  });

  it('one channel beside four is broadcast', () => {
    const { net, sum } = beside((own) => own.conv('x', [4, 1], 1));
    assert.deepEqual(fusableBlocks(detectSpec(net.spec(ANY, sum))), []);
  });

  it('a batch of none', () => {
    const { net, sum } = beside(point);
    assertSame(net.spec(ANY, sum), [0, 4, 5, 5]);
  });

  it('depthwise with two outputs a channel', () => {
    const net = new Net();
    const wide = [4, 8] as const;
    const depthwise = [3, 1].map((kernel) =>
      net.conv('x', wide, kernel, { pad: (kernel - 1) / 2, group: 4 }),
    );
    assertMerges(net.spec(ANY, net.bn(net.node('Add', depthwise), 8)), [[2, 4, 5, 6]]);
  });

  it('depthwise with two outputs a channel beside a grouped and a dense one', () => {
    const net = new Net();
    const wide = [4, 8] as const;
    const a = net.conv('x', wide, 3, { pad: 1, group: 4 });
    const b = net.conv('x', wide, 3, { pad: 1, group: 2 });
    const sum = net.node('Sum', [a, b, net.conv('x', wide, 1)]);
    assertMerges(net.spec(ANY, sum), [[2, 4, 5, 6]]);
  });
});

describe('graphs at the edge', () => {
  const DIMS = [2, 4, 5, 6] as const;
  const output = ['float64', null] as const;

  /** 3×3 + 1×1, as it comes. */
  function block(): { readonly spec: OnnxSpec; readonly sum: string; readonly net: Net } {
    const { net, sum } = beside(point);
    return { spec: net.spec(ANY, sum), sum, net };
  }

  it('a block whose result is an output of the model, read by nobody or by others', () => {
    const { spec, sum } = block();
    const nodes = spec.nodes.slice(0, -1);
    assert.equal(assertSame({ ...spec, nodes, outputs: { [sum]: output } }, DIMS), 1);
    assert.equal(assertSame({ ...spec, outputs: { ...spec.outputs, [sum]: output } }, DIMS), 1);
  });

  it('an input that is an output', () => {
    const { spec } = block();
    assert.equal(assertSame({ ...spec, outputs: { ...spec.outputs, x: output } }, DIMS), 1);
  });

  it('weights that are outputs of the model', () => {
    const { spec } = block();
    const weights = spec.nodes.filter((node) => node.op === 'Conv').flatMap((node) => node.inputs.slice(1));
    const outputs = Object.fromEntries(weights.map((name) => [name, output]));
    assert.equal(assertSame({ ...spec, outputs: { ...spec.outputs, ...outputs } }, DIMS), 1);
  });

  it('nodes without names, and of one name', () => {
    const { spec } = block();
    for (const name of ['', 'same']) {
      const nodes = spec.nodes.map((node) => ({ ...node, name }));
      assert.equal(assertSame({ ...spec, nodes }, DIMS), 1);
    }
  });

  it('operators of another domain, whatever their name', () => {
    const { spec } = block();
    for (const op of ['Conv', 'Add']) {
      const at = spec.nodes.findIndex((node) => node.op === op);
      const nodes = spec.nodes.map((node, place) => (place === at ? { ...node, domain: 'other' } : node));
      assert.deepEqual(fusableBlocks(detectSpec({ ...spec, nodes, opsets: { other: 1 } })), []);
    }
  });

  it('two blocks of nodes of one name', () => {
    const { net, sum } = beside(point);
    const active = net.node('Relu', [sum]);
    const [a, b] = [net.conv(active, C, 3, { pad: 1 }), net.conv(active, C, 1)];
    const spec = net.spec(ANY, net.node('Add', [a, b]));
    const nodes = spec.nodes.map((node) => ({ ...node, name: node.op }));
    assert.equal(assertSame({ ...spec, nodes }, DIMS), 2);
  });

  it('names that the merged convolution would take', () => {
    const { spec } = block();
    const merged = decodeBytes(fuseToBytes(detectSpec(spec)));
    const taken = [...merged.graph.initializers.keys()].filter((name) => name.includes('reparam'));
    assert.equal(taken.length, 2);
    const initializers = Object.fromEntries(
      taken.map((name) => [name, { dtype: 'float64' as const, dims: [1], data: [3] }]),
    );
    const reads = taken.map((name) => ({
      op: 'Identity',
      name: `${name}.read`,
      inputs: [name],
      outputs: [`${name}.y`],
    }));
    const outputs = Object.fromEntries(taken.map((name) => [`${name}.y`, output]));
    const grown = {
      ...spec,
      initializers: { ...spec.initializers, ...initializers },
      nodes: [...spec.nodes, ...reads],
      outputs: { ...spec.outputs, ...outputs },
    };
    assert.equal(assertSame(grown, DIMS), 1);
  });

  it('optional inputs and outputs that are left out', () => {
    const net = new Net();
    const bare = (kernel: number): string =>
      net.node('Conv', ['x', net.constant([4, 4, kernel, kernel]), ''], {
        pads: { ints: new Array<number>(4).fill((kernel - 1) / 2) },
      });
    const sum = net.node('Add', [bare(3), net.bn(bare(1), 4)]);
    const spec = net.spec(ANY, sum);
    const nodes = spec.nodes.map((node) =>
      node.op === 'BatchNormalization' ? { ...node, outputs: [...node.outputs, '', ''] } : node,
    );
    assert.equal(assertSame({ ...spec, nodes }, DIMS), 1);
  });

  it('one convolution twice, and the input twice', () => {
    const net = new Net();
    const one = net.conv('x', C, 3, { pad: 1 });
    const spec = net.spec(ANY, net.node('Sum', [one, one, 'x', 'x']));
    assert.equal(assertSame(spec, DIMS), 1);
  });

  it('a block inside a branch of If, and one that is read there', () => {
    const { spec, sum, net } = block();
    const inner = beside(point, new Net()).net;
    const names = new Map<string, string>();
    const renamed = (name: string): string => (name === 'x' ? sum : (names.get(name) ?? name));
    for (const node of inner.nodes) for (const name of node.outputs) names.set(name, `inner.${name}`);
    const constants = inner.spec(ANY, 'x').initializers!;
    for (const name of Object.keys(constants)) names.set(name, `inner.${name}`);
    const nodes: NodeSpec[] = inner.nodes.map((node) => ({
      ...node,
      name: `inner.${node.name}`,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    }));
    const last = nodes[nodes.length - 1]!.outputs[0]!;
    const then = {
      graph: {
        nodes,
        initializers: Object.fromEntries(
          Object.entries(constants).map(([name, tensor]) => [renamed(name), tensor]),
        ),
        outputs: { [last]: output },
      },
    };
    const other = { op: 'Neg', inputs: [sum], outputs: ['negated'] };
    const otherwise = { graph: { nodes: [other], outputs: { negated: output } } };
    const choice = {
      op: 'If',
      name: 'if',
      inputs: ['when'],
      outputs: ['chosen'],
      attrs: { then_branch: then, else_branch: otherwise },
    };
    assert.ok(net.nodes.length > 0);
    const grown: OnnxSpec = {
      ...spec,
      inputs: { ...spec.inputs, when: ['bool', []] },
      nodes: [...spec.nodes, choice],
      outputs: { ...spec.outputs, chosen: output },
    };
    for (const value of [0, 1]) {
      const when: NdArray = { dtype: 'bool', dims: [], data: Float64Array.of(value) };
      assert.equal(assertSame(grown, DIMS, { when }), 1, 'the one outside');
    }
  });
});
