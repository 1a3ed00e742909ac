import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { certifyBlock, type CertificateOutcome } from '../../../src/core/verify/certificate/certifyBlock';
import { unitInLastPlace } from '../../../src/core/verify/certificate/unitInLastPlace';
import { linearParts } from '../../../src/core/verify/match/linearParts';
import { matchModels } from '../../../src/core/verify/match/matchModels';
import { seededRandom } from '../../../src/core/verify/random';
import { sideOf, sideOfDetection } from '../../../src/core/verify/side';
import { drawBlock, FAMILIES, withBiasedChain, type BlockSpec } from '../../support/faultyPairs/blocks';
import { mergeBlock } from '../../support/faultyPairs/merge';
import { deployNetwork, trainNetwork, type DeployBlock } from '../../support/faultyPairs/network';
import { decodeBuilt } from '../../support/onnxBuilder';

/** The certificate of the only block of a network, merged by hand and then changed by `spoil`. */
function certificateOf(
  block: BlockSpec,
  spoil: (form: DeployBlock) => DeployBlock = (form) => form,
  /** Groups that the merged convolution is written with. */
  groups = block.groups,
): CertificateOutcome {
  const pad = (block.side - 1) / 2;
  const form = spoil({ ...mergeBlock(block), pads: [pad, pad, pad, pad], stride: block.stride });
  const detection = detect(
    decodeBuilt(trainNetwork([block], { folded: false, openSizes: true, padMode: new Map() })),
  );
  const original = sideOfDetection(detection);
  const fused = sideOf(decodeBuilt(deployNetwork([{ ...block, groups }], [form], true)));
  const match = matchModels(
    original,
    fused,
    linearParts(detection, original),
    (_, __, [first = '']) => first,
  );
  const [found] = match.blocks;
  assert.equal(found?.kind, 'replaced');
  const { region } = found.block;
  return certifyBlock(
    {
      block: found.block,
      unfused: { side: original, source: region.source, sink: region.sink },
      merged: { side: fused, source: found.source, sink: found.sink },
      composed: 0,
    },
    [[1, block.inChannels, 9, 8]],
  );
}

function refusalOf(outcome: CertificateOutcome): string {
  assert.ok('certificate' in outcome, 'failure' in outcome ? outcome.failure : '');
  return outcome.certificate.refusal ?? 'none';
}

const block = (family: string, seed = 1): BlockSpec =>
  drawBlock(family, seededRandom(seed, family), 4, false);

/** The weights [out, in/groups, side, side] with two indices changing places. */
function turned(
  { weight }: DeployBlock,
  { outChannels, inChannels, groups, side }: BlockSpec,
  channels: boolean,
): Float64Array {
  const perGroup = inChannels / groups;
  return weight.map((_, at) => {
    const [c, r] = [at % side, Math.floor(at / side) % side];
    const i = Math.floor(at / (side * side)) % perGroup;
    const o = Math.floor(at / (side * side * perGroup));
    const from = channels ? [i, o, r, c] : [o, i, c, r];
    assert.equal(outChannels, channels ? perGroup : outChannels);
    const [a = 0, b = 0, d = 0, e = 0] = from;
    return weight[((a * perGroup + b) * side + d) * side + e] ?? NaN;
  });
}

describe('the certificate', () => {
  for (const family of FAMILIES) {
    it(`is given to a ${family} block merged by hand, for all sizes and within a unit in the last place`, () => {
      const outcome = certificateOf(block(family));
      assert.equal(refusalOf(outcome), 'none');
      assert.ok('certificate' in outcome);
      const { certificate, allSizes } = outcome;
      assert.equal(allSizes, true);
      assert.equal(certificate.method, 'taps');
      const { outChannels, inChannels, groups, side } = block(family);
      // every weight of the merged kernel answers, but for zeros that no branch reaches
      assert.ok(certificate.taps > (outChannels * (inChannels / groups) * side * side) / 2);
      // float64 merging rounded once: half a unit, and next to nothing for the order of the sums
      assert.ok(certificate.ulps <= 0.5 + 1e-6, `${certificate.ulps} units`);
    });
  }

  const dense = [1, 2, 3, 4, 5, 6]
    .map((seed) => drawBlock('RepVGG', seededRandom(seed, 'dense'), 4, true))
    .find(({ groups }) => groups === 1)!;
  const broken: Readonly<Record<string, (form: DeployBlock) => DeployBlock>> = {
    'the bias is dropped': (form) => ({ ...form, bias: new Float64Array(form.bias.length) }),
    'the bias of one channel is off by a thousandth': (form) => ({
      ...form,
      bias: form.bias.map((value, o) => (o === 2 ? value * 1.001 : value)),
    }),
    'height and width of the kernel are swapped': (form) => ({ ...form, weight: turned(form, dense, false) }),
    'its channels are swapped': (form) => ({ ...form, weight: turned(form, dense, true) }),
    'the taps are shifted by a row': ({ pads, ...form }) => {
      const [top = 0, left = 0, bottom = 0, right = 0] = pads;
      return { ...form, pads: [top - 1, left, bottom + 1, right] };
    },
    'one tap is shifted': (form) => {
      const weight = Float64Array.from(form.weight);
      [weight[0], weight[1]] = [weight[1] as number, weight[0] as number];
      return { ...form, weight };
    },
    'a single weight is a few units off': (form) => ({
      ...form,
      weight: form.weight.map((value, at) => (at === 7 ? value * (1 + 2 ** -16) : value)),
    }),
  };
  for (const [mistake, spoil] of Object.entries(broken)) {
    it(`is refused where ${mistake}`, () => {
      assert.ok(dense.groups === 1 && dense.stride === 1);
      assert.equal(refusalOf(certificateOf(dense)), 'none');
      assert.match(refusalOf(certificateOf(dense, spoil)), /^Tap by tap, the (bias|answer) at /);
    });
  }

  it('is refused where a stride is forgotten: the sizes differ', () => {
    const strided = [1, 2, 3, 4, 5, 6]
      .map((seed) => block('RepVGG', seed))
      .find(({ stride }) => stride === 2)!;
    const outcome = certificateOf(strided, (form) => ({ ...form, stride: 1 }));
    assert.deepEqual(outcome, { failure: 'the two forms make results of different sizes' });
  });

  it('is refused where a border is ignored that no convolution has', () => {
    const chained = withBiasedChain(drawBlock('RepVGG', seededRandom(5, 'chain'), 4, true), seededRandom(6));
    assert.match(refusalOf(certificateOf(chained)), /^Tap by tap, the bias at \[\d+, (0|\d+), /);
  });

  describe('of groups of channels that never meet', () => {
    const grouped = Array.from({ length: 20 }, (_, seed) =>
      drawBlock('RepVGG', seededRandom(seed, 'groups'), 4, true),
    ).find(({ groups, inChannels }) => groups > 1 && inChannels > groups)!;

    it('counts every channel and tap, though one channel of each group is lit at once', () => {
      const outcome = certificateOf(grouped);
      assert.ok('certificate' in outcome);
      const { channels, ofChannels, method, taps } = outcome.certificate;
      assert.deepEqual([method, channels, ofChannels], ['taps', grouped.inChannels, grouped.inChannels]);
      const weights = grouped.outChannels * (grouped.inChannels / grouped.groups) * grouped.side ** 2;
      assert.equal(taps, weights);
    });

    it('names the channel whose weight is off, in whichever group', () => {
      const perGroup = grouped.inChannels / grouped.groups;
      const kernel = grouped.side ** 2;
      for (let o = 0; o < grouped.outChannels; o++) {
        const at = (o * perGroup + perGroup - 1) * kernel;
        const spoil = (form: DeployBlock): DeployBlock => ({
          ...form,
          weight: form.weight.map((value, i) => (i === at ? value * 1.001 : value)),
        });
        const group = Math.floor(o / (grouped.outChannels / grouped.groups));
        const channel = (group + 1) * perGroup - 1;
        const words = new RegExp(`^Tap by tap, the answer at \\[${o}, .* in channel ${channel} at `);
        assert.match(refusalOf(certificateOf(grouped, spoil)), words);
      }
    });

    it('is refused where a dense kernel has a weight between two groups', () => {
      const spoil = (form: DeployBlock): DeployBlock => {
        const { outChannels, inChannels, groups, side } = grouped;
        const [perGroup, kernel] = [inChannels / groups, side ** 2];
        const weight = new Float64Array(outChannels * inChannels * kernel);
        form.weight.forEach((value, i) => {
          const [o, rest] = [Math.floor(i / (perGroup * kernel)), i % (perGroup * kernel)];
          const first = Math.floor(o / (outChannels / groups)) * perGroup;
          weight[(o * inChannels + first) * kernel + rest] = value;
        });
        // output 0 reads the last channel, which is another group's, and so much less of its own: with both lit at once the same
        weight[(inChannels - 1) * kernel] = 0.5;
        weight[(perGroup - 1) * kernel] = (weight[(perGroup - 1) * kernel] ?? 0) - 0.5;
        return { ...form, weight };
      };
      const words = new RegExp(
        `^Tap by tap, the answer at \\[0, .* in channel ${grouped.inChannels - 1} at .* is 0.5 in the`,
      );
      assert.match(refusalOf(certificateOf(grouped, spoil, 1)), words);
    });
  });

  it('counts units in the last place by the stored type', () => {
    for (const value of [3, -0.7, 2 ** -120, 1e300]) {
      const least = 2 ** -149;
      const byLogarithm = Math.max(least, 2 ** -23 * 2 ** Math.floor(Math.log2(Math.abs(value))));
      assert.equal(unitInLastPlace(value, 'float32'), byLogarithm);
    }
    assert.equal(unitInLastPlace(Infinity, 'float32'), 2 ** -149);
    assert.equal(unitInLastPlace(1.5, 'float32'), 2 ** -23);
    assert.equal(unitInLastPlace(-2, 'float16'), 2 ** -9);
    assert.equal(unitInLastPlace(1, 'bfloat16'), 2 ** -7);
    assert.equal(unitInLastPlace(0, 'float32'), 2 ** -149);
  });
});
