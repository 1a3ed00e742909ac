import assert from 'node:assert/strict';
import { commonGroups } from '../../../src/core/verify/certificate/commonGroups';
import { WeightMeter } from '../../../src/core/verify/certificate/weightMeter';
import { sideOf } from '../../../src/core/verify/side';
import { decodeBuilt, type NodeSpec, type OnnxSpec } from '../../support/onnxBuilder';

const CHANNELS = 8;

/** x → the nodes → y, eight channels all the way; `w1`, `w2`, `w8` are kernels of 1, 2 and 8 groups. */
function groupsOf(nodes: readonly NodeSpec[], given?: ReadonlyMap<string, never>): number {
  const ones = (...dims: readonly number[]): { dims: readonly number[]; data: Float64Array } => ({
    dims,
    data: new Float64Array(dims.reduce((count, dim) => count * dim, 1)).fill(1),
  });
  const spec: OnnxSpec = {
    inputs: { x: ['float32', ['N', CHANNELS, 4, 4]] },
    outputs: { y: ['float32', null] },
    initializers: {
      ...{ w1: ones(CHANNELS, CHANNELS, 1, 1), w2: ones(CHANNELS, 4, 1, 1), w8: ones(CHANNELS, 1, 1, 1) },
      ...{ channel: ones(CHANNELS), scale: ones(CHANNELS, 1, 1), deep: ones(2, 1, CHANNELS, 1, 1) },
    },
    nodes,
  };
  const side = sideOf(decodeBuilt(spec));
  const part = { side, source: 'x', sink: 'y', ...(given === undefined ? {} : { given }) };
  return commonGroups([part], CHANNELS);
}

const node = (
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attrs: NodeSpec['attrs'] = {},
): NodeSpec => ({ op, name: outputs[0] ?? '', inputs, outputs, attrs });

const conv = (group: number, from: string, to: string): NodeSpec =>
  node('Conv', [from, `w${group}`], [to], { group });

describe('groups of channels that never meet', () => {
  const kept: Readonly<Record<string, readonly [number, readonly NodeSpec[]]>> = {
    'are all channels of a depthwise branch, scaled and added to the image': [
      CHANNELS,
      [
        conv(8, 'x', 'a'),
        node('BatchNormalization', ['a', 'channel', 'channel', 'channel', 'channel'], ['b']),
        node('Mul', ['b', 'scale'], ['c']),
        node('Add', ['c', 'x'], ['y']),
      ],
    ],
    'are as many as the coarser branch has': [
      2,
      [conv(8, 'x', 'a'), conv(2, 'x', 'b'), node('Add', ['a', 'b'], ['y'])],
    ],
  };
  const mixed: Readonly<Record<string, readonly NodeSpec[]>> = {
    'a 1×1 convolution between depthwise ones mixes': [
      ...[conv(8, 'x', 'a'), conv(1, 'a', 'b'), conv(8, 'b', 'y')],
    ],
    'channels are exchanged by Split and Concat': [
      conv(8, 'x', 'a'),
      node('Split', ['a'], ['b', 'c'], { axis: 1 }),
      node('Concat', ['c', 'b'], ['y'], { axis: 1 }),
    ],
    'a transposed convolution is taken for dense': [node('ConvTranspose', ['x', 'w8'], ['y'], { group: 8 })],
    'a constant of more axes makes the channels another axis': [node('Add', ['x', 'deep'], ['y'])],
    'an operator of another domain is not known': [{ ...node('Add', ['x', 'x'], ['y']), domain: 'other' }],
  };
  for (const [what, [groups, nodes]] of Object.entries(kept))
    it(what, () => assert.equal(groupsOf(nodes), groups));
  for (const [what, nodes] of Object.entries(mixed))
    it(`are not told where ${what}`, () => assert.equal(groupsOf(nodes), 1));
});

describe('the largest error of weights', () => {
  it('is no number where magnitudes are beyond float64: nothing can be told', () => {
    for (const size of [Infinity, NaN]) {
      const meter = new WeightMeter('float32');
      meter.turnTo(10);
      assert.equal(meter.add(1, 2, size, 0), true);
      assert.equal(meter.ratio, Infinity);
    }
    const meter = new WeightMeter('float32');
    meter.turnTo(10);
    assert.equal(meter.add(1, 1, Infinity, 0), false);
  });
});
