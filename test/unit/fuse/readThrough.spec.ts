import assert from 'node:assert/strict';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import type { Model } from '../../../src/core/ir/model';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { fuseToBytes } from '../../support/models';
import { decodeBuilt, decodeBytes, type NodeSpec, type OnnxSpec } from '../../support/onnxBuilder';
import { detectSpec } from '../detect/merges';
import { Net } from '../detect/net';

/**
 * y = Tanh(conv3(x) + conv1(x)) · scale, where `scale` is an Identity of a tensor `own`; an exporter writes it so when
 * the two have equal elements. `shared`: whether the block's 3×3 has that tensor as its bias.
 */
function model(shared: boolean, change: (nodes: NodeSpec[]) => readonly NodeSpec[] = (all) => all): OnnxSpec {
  const net = new Net();
  const own = net.constant([4, 1, 1]);
  const bias = net.constant([4]);
  const flat = net.node('Flatten', [shared ? own : bias], { axis: 0 });
  const vector = net.node('Reshape', [flat, net.ints(4)]);
  const three = net.node('Conv', ['x', net.constant([4, 4, 3, 3]), shared ? vector : bias], {
    pads: { ints: [1, 1, 1, 1] },
  });
  const scaled = net.node('Mul', [three, own]);
  const sum = net.node('Add', [shared ? scaled : three, net.conv('x', [4, 4], 1)]);
  const alias = net.node('Identity', [own]);
  const out = net.node('Mul', [net.node('Tanh', [sum]), alias]);
  const spec = net.spec(['N', 4, 6, 6], out);
  return { ...spec, nodes: change([...spec.nodes]) };
}

const identities = ({ graph }: Model): readonly string[] =>
  graph.nodes.filter((node) => node.opType === 'Identity' && node.name !== 'last').map((node) => node.name);

function fused(spec: OnnxSpec): Model {
  return decodeBytes(fuseToBytes(detectSpec(spec)));
}

function run(built: Model): NdArray {
  const data = Float64Array.from({ length: 4 * 36 }, (_, i) => Math.sin(i));
  return evaluateGraph(built, new Map([['x', { dtype: 'float64', dims: [1, 4, 6, 6], data }]])).get('y')!;
}

describe('constants that other nodes read by an Identity', () => {
  it('are read themselves once the block that had them by name is merged', () => {
    const spec = model(true);
    const after = fused(spec);
    assert.deepEqual(identities(after), []);
    // merging in float64 costs some hundred roundings of 2^-53
    const [before, now] = [run(decodeBuilt(spec)), run(after)];
    before.data.forEach((value, at) => assert.ok(Math.abs(value - now.data[at]!) <= 1e-13));
  });

  it('stay where the block did not read them: that node is not ours', () => {
    assert.equal(identities(fused(model(false))).length, 1);
  });

  it('stay where an output has their name', () => {
    const spec = model(true);
    const alias = spec.nodes.find((node) => node.op === 'Identity' && node.name !== 'last')!;
    const after = fused({ ...spec, outputs: { ...spec.outputs, [alias.outputs[0]!]: ['float64', null] } });
    assert.equal(identities(after).length, 1);
  });
});
