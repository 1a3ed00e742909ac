import type { OutputComparison, VerificationReport } from '../../../src/core/verify/report';

const output: OutputComparison = {
  name: 'y',
  maxAbs: 2.4e-7,
  maxRel: 1.1e-7,
  rms: 4.2e-8,
  cosine: 0.99999999,
  worstIndex: [0, 3, 7, 11],
  bound: 1.9e-6,
};

/** Shapes of reports, for the look of them; the numbers are made up. */
export const EQUIVALENT: VerificationReport = {
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

export const DIFFERENT: VerificationReport = {
  verdict: 'not-equivalent',
  reason:
    'Block b1 differs from its original by 38,200 times what rounding explains: its identity branch is missing.',
  provider: 'wasm',
  adapter: null,
  outputs: [
    { ...output, name: 'features', maxAbs: 1.1e-6 },
    { ...output, maxAbs: 0.184, maxRel: 0.071, rms: 0.0213, cosine: 0.9312 },
    { ...output, name: 'aux', bound: null, maxAbs: 0 },
  ],
  blocks: [
    { id: 'b0', verdict: 'equivalent', scope: 'all sizes', ratio: 0.19, faults: [] },
    {
      id: 'b1',
      verdict: 'not-equivalent',
      scope: 'all sizes',
      ratio: 38200,
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
