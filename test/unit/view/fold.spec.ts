import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Detection } from '../../../src/core/detect/detect';
import { decodeOnnx } from '../../../src/core/onnx/decode';
import { unwrap } from '../../../src/core/result';
import { readElements } from '../../../src/core/tensor/convert';
import { unitRoundoff } from '../../../src/core/tensor/dtype';
import { elementCount } from '../../../src/core/tensor/tensor';
import { blockFold, wholeFold } from '../../../src/core/view/fold';
import { foldPair } from '../../../src/core/view/foldPair';
import type { KernelFold } from '../../../src/core/view/foldTypes';
import { blockInsight } from '../../../src/core/view/insight';
import { detectSpec } from '../detect/merges';
import { Net } from '../detect/net';
import { cpuTime } from '../../support/cpuTime';
import { detectFixture, FIXTURES, fuseToBytes, NO_COMPANIONS } from '../../support/models';

/** The numbers of a merged kernel in the fused file, by output channel, input channel and tap, read without the algebra. */
interface Fused {
  at(out: number, channel: number, tap: number): number;
}

function fusedKernel(detection: Detection, fold: KernelFold): Fused {
  const file = { fileName: 'fused.onnx', companions: NO_COMPANIONS };
  const { graph } = unwrap(decodeOnnx(fuseToBytes(detection, new Set([fold.id])), file));
  const block = detection.blocks.find(({ id }) => id === fold.id)!;
  const sink = graph.nodes.find((node) => node.outputs[0] === block.region.sink)!;
  // a matrix product keeps its bias in an Add of its own
  const product =
    sink.opType === 'Add' ? graph.nodes.find((node) => node.outputs[0] === sink.inputs[0])! : sink;
  const weight = graph.initializers.get(product.inputs[1]!)!;
  const values = readElements(weight.dtype, weight.bytes(), 0, elementCount(weight.dims));
  const taps = fold.taps.reduce((product, count) => product * count, 1);
  const [width, outPerGroup] = [fold.inChannels / fold.groups, fold.outChannels / fold.groups];
  const get = (at: number): number => values[at]!;
  switch (product.opType) {
    case 'Conv':
      return { at: (out, channel, tap) => get((out * width + channel) * taps + tap) };
    case 'ConvTranspose':
      return {
        at: (out, channel, tap) => {
          const input = Math.floor(out / outPerGroup) * width + channel;
          return get((input * outPerGroup + (out % outPerGroup)) * taps + tap);
        },
      };
    case 'MatMul':
    case 'Gemm':
      return { at: (out, channel) => get(channel * fold.outChannels + out) };
    default:
      throw new Error(`a ${product.opType} was merged`);
  }
}

/** Every pair where there are few, else some of each row. */
function* pairs({ outChannels, inChannels, groups }: KernelFold): Generator<readonly [number, number]> {
  const width = inChannels / groups;
  const stride = Math.max(1, Math.floor(outChannels / 8));
  for (let out = 0; out < outChannels; out += stride)
    for (let channel = out % 3; channel < width; channel += Math.max(1, Math.floor(width / 5)))
      yield [out, channel];
}

/** That the branches add up to what the fused file holds: each pair's taps and all means. */
function assertAddsUp(detection: Detection, id: string): KernelFold {
  const fold = wholeFold(detection, id)!;
  const fused = fusedKernel(detection, fold);
  const taps = fold.taps.reduce((product, count) => product * count, 1);
  const width = fold.inChannels / fold.groups;
  // the file rounds once; the sums in float64 differ by some hundred roundings of 2^-53
  const roundoff = 2 * unitRoundoff(fold.dtype) + 1e-13;
  for (const [out, channel] of pairs(fold)) {
    const group = Math.floor((out * fold.groups) / fold.outChannels);
    const pair = foldPair(detection, { id, out, input: group * width + channel })!;
    assert.equal(pair.branches.length, fold.branches.length);
    for (let tap = 0; tap < taps; tap++) {
      const stored = fused.at(out, channel, tap);
      assert.equal(pair.merged[tap], stored, `${id} ${out},${channel},${tap}`);
      const parts = pair.branches.map((branch) => branch[tap]!);
      const sum = parts.reduce((total, part) => total + part, 0);
      const size = parts.reduce((total, part) => total + Math.abs(part), 0);
      const smallest = fold.dtype === 'float16' ? 2 ** -24 : Number.MIN_VALUE;
      assert.ok(Math.abs(sum - stored) <= roundoff * size + smallest, `${id}: ${sum} and ${stored}`);
    }
  }
  assertMeans(fold, fused);
  return fold;
}

function assertMeans(fold: KernelFold, fused: Fused): void {
  const taps = fold.taps.reduce((product, count) => product * count, 1);
  const width = fold.inChannels / fold.groups;
  const last = fold.sums.at(-1)!;
  const most = Math.max(...fold.branches.flatMap(({ map }) => map));
  for (let tap = 0; tap < taps; tap++) {
    let total = 0;
    for (let out = 0; out < fold.outChannels; out++)
      for (let channel = 0; channel < width; channel++) total += Math.abs(fused.at(out, channel, tap));
    const mean = total / (fold.outChannels * width);
    // each element was rounded once by the file; all errors on one side at worst, of sizes up to the branches' own
    const tolerance = (2 * unitRoundoff(fold.dtype) + 1e-12) * (mean + most);
    assert.ok(Math.abs(last[tap]! - mean) <= tolerance, `tap ${tap}: ${last[tap]} and ${mean}`);
  }
  assert.deepEqual(fold.sums[0], fold.branches[0]!.map);
}

const image = ['N', 4, 'H', 'W'] as const;

/** Models of a few lines: the constructs whose taps or rows lie otherwise than in a plain sum. */
const CONSTRUCTS: readonly (readonly [string, () => Detection])[] = [
  [
    'a stack beside a convolution, a BN behind both',
    () => {
      const net = new Net();
      const parts = [net.conv('x', [4, 1], 3, { pad: 1 }), net.conv('x', [4, 3], 1)];
      const stack = net.node('Concat', parts, { axis: 1 });
      const sum = net.node('Add', [stack, net.conv('x', [4, 4], 3, { pad: 1 })]);
      return detectSpec(net.spec(image, net.bn(sum, 4)));
    },
  ],
  [
    'a stack and a convolution behind it',
    () => {
      const net = new Net();
      const parts = [net.conv('x', [4, 2], 3, { pad: 1 }), net.conv('x', [4, 2], 1)];
      const stack = net.node('Concat', parts, { axis: 1 });
      return detectSpec(net.spec(image, net.conv(stack, [4, 4], 1)));
    },
  ],
  [
    'uneven taps and a dilated branch',
    () => {
      const net = new Net();
      const branches = [
        net.conv('x', [4, 4], 3, { pad: 2, dilation: 2 }),
        net.conv('x', [4, 4], [1, 4], { pad: [0, 1, 0, 2] }),
        net.conv('x', [4, 4], [2, 1], { pad: [0, 0, 1, 0], group: 2 }),
        'x',
      ];
      return detectSpec(net.spec(image, net.node('Sum', branches)));
    },
  ],
  [
    'a difference',
    () => {
      const net = new Net('float32');
      const conv = net.conv('x', [4, 4], 3, { pad: 1 });
      return detectSpec(net.spec(image, net.node('Sub', [conv, net.bn('x', 4)])));
    },
  ],
  [
    'transposed convolutions',
    () => {
      const net = new Net();
      const up = (): string =>
        net.node('ConvTranspose', ['x', net.constant([4, 3, 2, 2])], { strides: { ints: [2, 2] } });
      return detectSpec(net.spec(image, net.node('Add', [up(), net.bn(up(), 3)])));
    },
  ],
  [
    'signals of one axis',
    () => {
      const net = new Net();
      const sum = net.node('Add', [net.conv('x', [4, 4], [5], { pad: 2 }), net.conv('x', [4, 4], [1])]);
      return detectSpec(net.spec(['N', 4, 'L'], sum));
    },
  ],
];

function allFixtures(): readonly string[] {
  return ['models', 'families', 'pairs', 'refuse', 'dynamic'].flatMap((folder) =>
    readdirSync(join(FIXTURES, folder))
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => `${folder}/${name}`),
  );
}

describe('the fold: branch kernels add up to the merged kernel of the fused file', () => {
  for (const [title, make] of CONSTRUCTS) {
    it(title, () => {
      const detection = make();
      const fold = assertAddsUp(detection, 'b0');
      assert.ok(fold.branches.length >= 2, `${fold.branches.length} branches`);
    });
  }

  it('in every block of every fixture', () => {
    let folds = 0;
    const ranks = new Set<number>();
    for (const path of allFixtures()) {
      const detection = detectFixture(path);
      for (const block of detection.blocks) {
        if (block.status === 'refused' || block.dynamic !== undefined) {
          assert.equal(wholeFold(detection, block.id), null, path);
          continue;
        }
        // refused by the plan for its numbers only
        if (path.startsWith('families/overflow')) continue;
        ranks.add(assertAddsUp(detection, block.id).taps.length);
        folds += 1;
      }
    }
    assert.ok(folds > 80, `${folds} folds`);
    assert.deepEqual([...ranks].sort(), [1, 2, 3]);
  });
});

describe('the fold', () => {
  const fold = wholeFold(detectFixture('models/seed_dbb.legacy.onnx'), 'b0')!;

  it('shows each operator with its own kernel, scale and shape', () => {
    const { branches } = wholeFold(detectFixture('models/repvgg.preserve.onnx'), 'b0')!;
    assert.deepEqual(
      branches.map(({ ops }) => ops.map(({ title }) => title)),
      [
        ['Conv 3×3', 'BN'],
        ['Conv 1×1', 'BN'],
        ['identity', 'BN'],
      ].slice(0, branches.length),
    );
    for (const { ops } of branches)
      for (const op of ops) {
        assert.equal(op.kernel === null, op.kind === 'scale');
        assert.equal(op.bars !== null, op.kind === 'scale');
        if (op.node !== null) assert.match(op.shape, /^[\dN]+×\d+×/);
      }
  });

  it('tells where a smaller kernel lies on the merged lattice', () => {
    const small = fold.branches.find(({ place }) => place.count.every((count) => count === 1))!;
    const middle = fold.taps.map((count) => (count - 1) / 2);
    assert.deepEqual(small.place.at, middle);
    // nothing but its own taps
    small.map.forEach((mean, tap) => assert.equal(mean > 0, tap === (small.map.length - 1) / 2));
  });

  it('names the transforms of each branch, and those that join them once', () => {
    assert.ok(fold.branches.some(({ transforms }) => transforms.includes('III sequential')));
    assert.ok(fold.branches.some(({ transforms }) => transforms.includes('V average pooling')));
    assert.ok(fold.branches.every(({ transforms }) => !transforms.includes('II branch addition')));
    assert.ok(fold.transforms.includes('II branch addition') && fold.transforms.includes('VI multi-scale'));
  });

  it('gives the same shares as the insight, dead branches included', () => {
    const detection = detectFixture('families/dbbSingleInit.dynamo.onnx');
    const shares = wholeFold(detection, 'b0')!.branches.map(({ label, share, dead }) => ({
      label,
      share,
      dead,
    }));
    const insight = blockInsight(detection, 'b0')!.branches;
    assert.ok(shares.some(({ dead }) => dead));
    insight.forEach((expected, at) => {
      assert.equal(shares[at]!.label, expected.label);
      assert.equal(shares[at]!.dead, expected.dead);
      // the same squares, added in another order: some thousand roundings of 2^-53
      assert.ok(Math.abs(shares[at]!.share - expected.share) < 1e-12);
    });
  });

  it('can be left after any output channel', () => {
    const steps = blockFold(detectFixture('models/seed_dbb.legacy.onnx'), 'b0');
    const first = steps.next();
    assert.deepEqual(first, { done: false, value: 0 });
    const second = steps.next();
    assert.ok(second.done === false && second.value > 0 && second.value < 1);
    steps.return(null);
  });

  it('takes a sample of the output channels where all would take minutes, and says so', () => {
    const net = new Net('float32');
    const wide = 800;
    const weight = (): string => net.constant([wide, wide, 1, 1], () => 0.5);
    const chain = net.node('Conv', [net.node('Conv', ['x', weight()]), weight()]);
    const detection = detectSpec(
      net.spec([1, wide, 8, 8], net.node('Add', [chain, net.node('Conv', ['x', weight()])])),
    );
    const { value: fold, milliseconds } = cpuTime(() => wholeFold(detection, 'b0')!);
    assert.ok(fold.rows.counted < wide && fold.rows.of === wide, `${fold.rows.counted} of ${fold.rows.of}`);
    // every row is the same: 1400 · 0.25 + 0.5, a sum of so many exact numbers
    assert.equal(fold.sums.at(-1)![0], wide * 0.25 + 0.5);
    assert.ok(milliseconds < 20_000);
  });

  it('has no pair across groups, out of range, or of a refused block', () => {
    const detection = detectFixture('models/repvgg_grouped.preserve.onnx');
    const { inChannels, groups, outChannels } = wholeFold(detection, 'b0')!;
    assert.ok(groups > 1);
    const ask = (out: number, input: number) => foldPair(detection, { id: 'b0', out, input });
    assert.ok(ask(0, 0) !== null);
    assert.equal(ask(0, inChannels - 1), null);
    assert.equal(ask(outChannels, 0), null);
    assert.equal(ask(-1, 0), null);
    assert.equal(ask(0.5, 0), null);
    assert.equal(
      foldPair(detectFixture('refuse/border_zero_pad.onnx'), { id: 'b0', out: 0, input: 0 }),
      null,
    );
  });
});
