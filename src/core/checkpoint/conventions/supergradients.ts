import type { Convention, Step } from './convention';
import { YOLO_NAS } from './networks';
import { bnIdentity, branch, mainUnit, sum, unit, type Branches } from './parts';

const ASIDE = ['se', 'nonlinearity'];
const ALPHA: Step = { kind: 'scale', at: 'alpha', optional: true };
/** The modules of YOLO-NAS whose code asks for no identity. */
const YOLO_NAS_BLOCK = /(?:^|\.)(?:stem\.conv|stage\d+\.downsample|bottlenecks\.\d+\.cv[12])$/;

/** k×k with BN, 1×1 with a bias and perhaps alpha, one BN behind the sum. */
const quantizable = (...more: Branches): Pick<Convention, 'family' | 'anchor' | 'steps'> => ({
  family: 'QARepVGG',
  anchor: 'branch_3x3.bn.running_var',
  steps: [
    sum(branch(...mainUnit('branch_3x3')), branch({ kind: 'conv', at: 'branch_1x1' }, ALPHA), ...more),
    { kind: 'bn', at: 'post_bn', optional: true },
  ],
});

/** SuperGradients' blocks; its QARepVGG holds a merged convolution from the start, unused until it is fused. */
export const SUPERGRADIENTS: readonly Convention[] = [
  {
    name: 'SuperGradients RepVGG',
    family: 'RepVGG',
    anchor: 'branch_3x3.bn.running_var',
    steps: [
      sum(
        branch(...mainUnit('branch_3x3')),
        branch(...unit('branch_1x1'), ALPHA),
        bnIdentity('no_conv_branch'),
      ),
    ],
    deploy: 'rbr_reparam',
    eps: [{ value: 1e-5, whose: 'SuperGradients' }],
    common: true,
    aside: ASIDE,
  },
  {
    name: 'YOLO-NAS',
    ...quantizable(),
    deploy: 'rbr_reparam',
    placeholder: true,
    eps: [YOLO_NAS, { value: 1e-3, whose: 'YOLO-NAS' }],
    where: { block: YOLO_NAS_BLOCK },
    aside: ASIDE,
  },
  {
    name: 'SuperGradients QARepVGG',
    ...quantizable({ steps: [], hidden: 'unstrided' }),
    deploy: 'rbr_reparam',
    placeholder: true,
    eps: [YOLO_NAS, { value: 1e-5, whose: 'SuperGradients' }],
    common: true,
    aside: ASIDE,
  },
];
