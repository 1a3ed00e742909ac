import type { VerificationRecord } from '../../../../src/core/view/report/verificationRecord';
import type { SpeedReport, Timing } from '../../../../src/core/verify/speed/speedReport';

const timing = (median: number): Timing => ({
  ...{ median, runs: 30, warmUps: 8 },
  quartiles: [0.9 * median, 1.1 * median],
});

export const SPEED: SpeedReport = {
  provider: 'wasm',
  adapter: null,
  hasGpuClock: false,
  input: 'x 1×3×32×32',
  whole: { before: timing(4), after: timing(3), speedup: 4 / 3, verdict: 'faster' },
  failure: null,
  blocks: [
    {
      id: 'b0',
      shape: '1×3×32×32',
      comparison: { before: timing(1), after: timing(1.3), speedup: 1 / 1.3, verdict: 'slower' },
      failure: null,
    },
    { id: 'b1', shape: '', comparison: null, failure: 'It has no sizes.' },
  ],
  summary: 'Merging makes the model 1.3 times as fast; block b0 becomes slower.',
};

/** A record with everything that one can have, and names that would be markup. */
export const RECORD: VerificationRecord = {
  schema: 'replens-verification/1',
  verdict: 'not-equivalent',
  reason: 'Block b1 differs.',
  provider: 'webgpu',
  adapter: 'vendor <GPU>',
  tool: { replens: '0.1.0', runtime: 'onnxruntime-web 1.30.0' },
  files: {
    original: {
      ...{ name: 'a|b*.onnx', bytes: 1000, sha256: 'a'.repeat(64) },
      companions: [{ name: 'w.data', bytes: 5, sha256: 'c'.repeat(64) }],
    },
    fused: { name: '[x](http://y).onnx', bytes: 800, sha256: 'b'.repeat(64), companions: [] },
  },
  run: { seed: 1, samples: 4, sizes: { N: 2 }, inputFiles: ['cat.png'] },
  inputs: ['x 2×3×32×32', 'cat.png: x 1×3×32×32'],
  change: {
    nodes: { before: 20, after: 9 },
    convs: { before: 8, after: 4 },
    parameters: { before: 5000, after: 4000 },
    bytes: { before: 1005, after: 800 },
  },
  outputs: [
    {
      ...{
        name: 'logits',
        maxAbs: 0.5,
        maxRel: 0.1,
        rms: 0.05,
        cosine: 0.99,
        worstIndex: [0, 3],
        bound: 1e-6,
      },
      histogram: { firstDecade: -12, counts: [0, 0, 3, 7, ...Array<number>(12).fill(0)], equal: 10 },
      ...{ top1: 0.75, top5: 0.95 },
    },
  ],
  blocks: [
    { id: 'b0', verdict: 'equivalent', scope: 'all sizes', ratio: 0.2, faults: [] },
    {
      ...{ id: 'b1', verdict: 'not-equivalent', scope: 'all sizes', ratio: 3e4 },
      faults: [
        {
          kind: 'bias',
          message: 'The bias lacks <script>alert(1)</script>.',
          nodes: ['/b/Conv'],
          share: 0.9,
        },
      ],
      errorMap: { dims: [2, 3], places: [0, 1, 2, 3, 4, 5], channels: [5, 0, 1] },
    },
  ],
  speed: SPEED,
};
