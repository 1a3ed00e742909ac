import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { ProblemError } from '../../../src/core/result';
import type { VerificationReport } from '../../../src/core/verify/report';
import { verifyModels, type VerifyOptions } from '../../../src/core/verify/verify';
import { decodeBuilt, type OnnxSpec } from '../../support/onnxBuilder';
import { sharedRunner } from '../../support/models';
import { evaluatorRunner } from './evaluatorRunner';
import { deployNetwork, trainNetwork, type Merged } from './repvgg';

async function verify(
  original: OnnxSpec,
  fused: OnnxSpec,
  options: Partial<VerifyOptions> = {},
): Promise<VerificationReport> {
  return await verifyModels({
    original: detect(decodeBuilt(original)),
    fused: decodeBuilt(fused),
    runner: await sharedRunner(),
    ...options,
  });
}

function changed(data: Float64Array, change: (copy: Float64Array) => void): Float64Array {
  const copy = Float64Array.from(data);
  change(copy);
  return copy;
}

const largest = (data: Float64Array): number =>
  data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('verifyModels', () => {
  it('calls a model equivalent to itself', async () => {
    const report = await verify(trainNetwork(), trainNetwork());
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.equal(report.outputs[0]?.maxAbs, 0);
    assert.deepEqual(
      report.blocks.map(({ verdict, ratio }) => ({ verdict, ratio })),
      [{ verdict: 'equivalent', ratio: null }],
    );
  });

  it('calls a right conversion equivalent, far inside its bounds', async () => {
    const report = await verify(trainNetwork(), deployNetwork());
    assert.equal(report.verdict, 'equivalent', report.reason);
    const [block] = report.blocks;
    // both kinds of bound are worst cases: real rounding stays far below
    assert.ok(block?.ratio !== null && block!.ratio > 0 && block!.ratio < 0.5, `ratio ${block?.ratio}`);
    const [output] = report.outputs;
    assert.equal(output?.name, 'y');
    assert.ok(output.bound !== null && output.maxAbs > 0 && output.maxAbs < output.bound);
    assert.ok(1 - output.cosine < 1e-6);
    assert.equal(output.worstIndex.length, 4);
  });

  it('tries a dynamic size twice at least, odd ones and batches of more than one among them', async () => {
    const report = await verify(trainNetwork(), deployNetwork());
    assert.match(report.reason, /x 1×6×32×32; x 2×6×33×40/);
    assert.match(report.blocks[0]?.scope ?? '', /1×6×5×6 and 2×6×7×4/);
  });

  it('gives the same report for the same seed, and other numbers for another', async () => {
    const one = await verify(trainNetwork(), deployNetwork(), { seed: 1 });
    assert.deepEqual(await verify(trainNetwork(), deployNetwork(), { seed: 1 }), one);
    const other = await verify(trainNetwork(), deployNetwork(), { seed: 2 });
    assert.notEqual(other.outputs[0]?.rms, one.outputs[0]?.rms);
  });

  const mistakes: Readonly<Record<string, (merged: Merged) => Merged>> = {
    'one tap is off by a thousandth of the largest': (merged) => ({
      ...merged,
      weight: changed(merged.weight, (w) => {
        w[100] = (w[100] as number) + 1e-3 * largest(w);
      }),
    }),
    'the bias is dropped': (merged) => ({ ...merged, bias: new Float64Array(merged.bias.length) }),
    'the pads are shifted': (merged) => ({ ...merged, pads: [0, 1, 2, 1] }),
    'the pads are missing': (merged) => ({ ...merged, pads: [0, 0, 0, 0] }),
    'two output channels are swapped': (merged) => ({
      ...merged,
      weight: changed(merged.weight, (w) => {
        const first = w.slice(0, 54);
        w.copyWithin(0, 54, 108);
        w.set(first, 54);
      }),
    }),
    'the identity is scaled by a BN of another eps': (merged) => ({
      ...merged,
      weight: changed(merged.weight, (w) => {
        // 1/√(σ² + ε) with σ² = 1 and ε 1e-5 off changes by 5e-6
        for (let c = 0; c < 6; c++) w[(c * 6 + c) * 9 + 4] = (w[(c * 6 + c) * 9 + 4] as number) * (1 + 5e-6);
      }),
    }),
  };
  for (const [mistake, spoil] of Object.entries(mistakes)) {
    it(`finds that ${mistake}`, async () => {
      const report = await verify(trainNetwork(), deployNetwork({}, spoil));
      assert.equal(report.verdict, 'not-equivalent', report.reason);
      const [block] = report.blocks;
      assert.equal(block?.verdict, 'not-equivalent');
      const [fault] = block.faults;
      assert.equal(fault?.kind, 'weights');
      assert.ok(fault.nodes.length > 0);
      assert.match(report.reason, /^Block b0 differs\. /);
    });
  }

  it('takes a weight that is one unit in the last place off for rounding', async () => {
    const spoil = (merged: Merged): Merged => ({
      ...merged,
      weight: merged.weight.map((w) => Math.fround(w) * (1 + 2 ** -23)),
    });
    const report = await verify(trainNetwork(), deployNetwork({}, spoil));
    assert.equal(report.verdict, 'equivalent', report.reason);
  });

  describe('where the graphs can not be matched', () => {
    /** Not affine, so that no block reaches over it; on what follows a Relu it changes nothing. */
    const withDetour = (deploy: OnnxSpec): OnnxSpec => ({
      ...deploy,
      nodes: deploy.nodes.flatMap((node) =>
        node.op === 'Relu'
          ? [
              { ...node, outputs: ['before'] },
              { op: 'Abs', inputs: ['before'], outputs: node.outputs },
            ]
          : [node],
      ),
    });

    it('finds no difference in a right conversion, and does not call that equivalent', async () => {
      const report = await verify(trainNetwork(), withDetour(deployNetwork()));
      assert.equal(report.verdict, 'inconclusive', report.reason);
      assert.match(report.reason, /^No difference found, by sampling only: the graphs can't be matched/);
    });

    it('finds a wrong one all the same', async () => {
      const spoil = mistakes['one tap is off by a thousandth of the largest'];
      const hidden = withDetour(deployNetwork({ suffix: '_d', output: 'out' }, spoil));
      assert.equal((await verify(trainNetwork(), hidden)).verdict, 'not-equivalent');
    });
  });

  it('finds a changed weight outside the blocks', async () => {
    const deploy = deployNetwork();
    const head = deploy.initializers!['head.weight']!;
    const data = changed(head.data as Float64Array, (w) => {
      w[4] = (w[4] as number) * 1.001;
    });
    const report = await verify(trainNetwork(), {
      ...deploy,
      initializers: { ...deploy.initializers, 'head.weight': { ...head, data } },
    });
    assert.equal(report.verdict, 'not-equivalent');
    assert.match(report.reason, /^Node "Conv_6", outside the blocks, differs/);
    assert.equal(report.blocks[0]?.verdict, 'equivalent');
  });

  it('names an output of another shape', async () => {
    const deploy = deployNetwork();
    const nodes = deploy.nodes.map((node) =>
      node.outputs[0] === 'y' ? { ...node, attrs: { strides: [2, 2] } } : node,
    );
    const report = await verify(trainNetwork(), { ...deploy, nodes });
    assert.equal(report.verdict, 'not-equivalent');
    assert.match(report.reason, /^Node "Conv_6", outside the blocks, .* makes 1×3×3×3, the original 1×3×5×6/);
    assert.deepEqual(
      report.blocks.map(({ id, verdict }) => [id, verdict]),
      [
        ['b0', 'equivalent'],
        ['outside:Conv_6', 'not-equivalent'],
      ],
    );
  });

  it('runs only the sizes that the second model takes', async () => {
    const report = await verify(trainNetwork(), deployNetwork({ dims: [2, 6, 11, 13] }));
    assert.equal(report.verdict, 'equivalent', report.reason);
    assert.match(report.reason, /\(x 2×6×11×13\)/);
  });

  it('stops when it is told to', async () => {
    const signal = { aborted: true, throwIfAborted: () => undefined };
    await assert.rejects(
      verify(trainNetwork(), deployNetwork(), { signal: signal as unknown as AbortSignal }),
      (error) => error instanceof ProblemError && error.problem.code === 'cancelled',
    );
  });

  it('reports progress from 0 to 1', async () => {
    const fractions: number[] = [];
    await verify(trainNetwork(), deployNetwork(), {
      runner: evaluatorRunner(),
      progress: (fraction) => fractions.push(fraction),
    });
    assert.deepEqual([fractions[0], fractions[fractions.length - 1]], [0, 1]);
    assert.deepEqual(
      fractions,
      [...fractions].sort((a, b) => a - b),
    );
  });
});
