import type { OutputComparison } from '../../../src/core/verify/report';
import type { SpeedReport, Timing } from '../../../src/core/verify/speed/speedReport';
import type { VerificationRecord } from '../../../src/core/view/report/verificationRecord';

const output: OutputComparison = {
  name: 'y',
  maxAbs: 2.4e-7,
  maxRel: 1.1e-7,
  rms: 4.2e-8,
  cosine: 0.99999999,
  worstIndex: [0, 3, 7, 11],
  bound: 1.9e-6,
};

const CLASSES = {
  histogram: { firstDecade: -12, counts: [0, 0, 0, 0, 5, 80, 700, 90, 20, 8, 3, 1, 0, 0, 0, 0], equal: 40 },
  ...{ top1: 0.75, top5: 0.9 },
};

const MADE: Pick<VerificationRecord, 'schema' | 'tool' | 'files' | 'run' | 'change'> = {
  schema: 'replens-verification/1',
  tool: { replens: '0.1.0', runtime: 'onnxruntime-web 1.30.0' },
  files: {
    original: { name: 'model.onnx', bytes: 2000, sha256: '0a'.repeat(32), companions: [] },
    fused: { name: 'model.fused.onnx', bytes: 1500, sha256: '1b'.repeat(32), companions: [] },
  },
  run: { seed: 1, samples: 2, sizes: {}, inputFiles: [] },
  change: {
    nodes: { before: 30, after: 12 },
    convs: { before: 12, after: 6 },
    parameters: { before: 40_000, after: 31_000 },
    bytes: { before: 2000, after: 1500 },
  },
};

/** Shapes of reports, for the look of them; the numbers are made up. */
export const EQUIVALENT: VerificationRecord = {
  ...MADE,
  verdict: 'equivalent',
  reason:
    'Every block computes the same function up to rounding, and on 2 inputs no output of the network strays further than rounding allows.',
  provider: 'webgpu',
  adapter: 'google swiftshader, software',
  outputs: [output],
  blocks: [
    { id: 'b0', verdict: 'equivalent', scope: 'all sizes', ratio: 0.031, faults: [] },
    { id: 'b1', verdict: 'equivalent', scope: 'all sizes', ratio: 0.27, faults: [] },
    { id: 'b2', verdict: 'inconclusive', scope: '1×16×24×24', ratio: null, faults: [] },
  ],
};

export const DIFFERENT: VerificationRecord = {
  ...MADE,
  verdict: 'not-equivalent',
  reason:
    'Block b1 differs from its original by 38,200 times what rounding explains: its identity branch is missing.',
  provider: 'wasm',
  adapter: null,
  outputs: [
    { ...output, name: 'features', maxAbs: 1.1e-6 },
    { ...output, maxAbs: 0.184, maxRel: 0.071, rms: 0.0213, cosine: 0.9312, ...CLASSES },
    { ...output, name: 'aux', bound: null, maxAbs: 0 },
  ],
  blocks: [
    { id: 'b0', verdict: 'equivalent', scope: 'all sizes', ratio: 0.19, faults: [] },
    {
      id: 'b1',
      verdict: 'not-equivalent',
      scope: 'all sizes',
      ratio: 38200,
      errorMap: { dims: [3, 4], places: [9, 9, 9, 9, 1, 0, 0, 1, 9, 9, 9, 9], channels: [9, 0, 2] },
      faults: [
        {
          kind: 'identity-branch',
          message:
            'The kernel differs on the identity’s taps only, so the identity branch was left out; add it to the centre tap before you export.',
          nodes: ['/b/b.1/bn_identity/BatchNormalization', '/b/b.1/Add_1'],
          share: 0.993,
        },
        {
          kind: 'bias',
          message: 'The bias of channel 3 is off by 0.021.',
          nodes: ['/b/b.1/conv/Conv'],
          share: 0.007,
        },
      ],
    },
  ],
};

const time = (median: number): Timing => ({
  ...{ median, runs: 30, warmUps: 8 },
  quartiles: [0.95 * median, 1.05 * median],
});

export const SPEED: SpeedReport = {
  ...{ provider: 'wasm', adapter: null, hasGpuClock: false, input: 'x 1×3×64×64', failure: null },
  whole: { before: time(6), after: time(4), speedup: 1.5, verdict: 'faster' },
  blocks: [
    {
      ...{ id: 'b0', shape: '1×3×64×64', failure: null },
      comparison: { before: time(2), after: time(2.4), speedup: 0.833, verdict: 'slower' },
    },
    { id: 'b1', shape: '', comparison: null, failure: 'The sizes of its input are not known.' },
  ],
  summary: 'Merging pays on wasm here: the merged model is 1.5 times as fast; block b0 alone is slower.',
};
