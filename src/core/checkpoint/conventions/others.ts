import type { Convention } from './convention';
import { TORCH, YOLO_NETWORKS } from './networks';
import { branch, convBn, mainBn, mainUnit, optional, sum, unit } from './parts';

const ASIDE = ['se', 'act', 'nonlinear', 'nonlinearity'];

/** RepGhost, ACNet and DBB. */
export const OTHERS: readonly Convention[] = [
  {
    name: 'RepGhost',
    family: 'RepGhost',
    anchor: 'fusion_bn.0.weight',
    steps: [
      sum(
        branch(...mainBn('cheap_operation.0', 'cheap_operation.1')),
        branch({ kind: 'bn', at: 'fusion_bn.0' }),
      ),
    ],
    deploy: 'cheap_operation',
    eps: [...YOLO_NETWORKS, { ...TORCH, whose: 'RepGhost' }],
    common: true,
    aside: ['primary_conv', 'relu'],
  },
  {
    name: 'ACNet',
    family: 'ACNet',
    anchor: 'square_conv.weight',
    steps: [
      sum(
        branch(...mainBn('square_conv', 'square_bn')),
        branch(...convBn('ver_conv', 'ver_bn')),
        branch(...convBn('hor_conv', 'hor_bn')),
      ),
    ],
    deploy: 'fused_conv',
    eps: [...YOLO_NETWORKS, { ...TORCH, whose: 'ACNet' }],
    aside: ASIDE,
  },
  {
    name: 'DBB',
    family: 'DBB',
    anchor: 'dbb_origin.conv.weight',
    steps: [
      sum(
        branch(...mainUnit('dbb_origin')),
        optional(...unit('dbb_1x1')),
        optional(
          { kind: 'conv', at: 'dbb_avg.conv', pads: 'block' },
          { kind: 'bn', at: 'dbb_avg.bn.bn' },
          { kind: 'average', pads: 'none' },
          { kind: 'bn', at: 'dbb_avg.avgbn' },
        ),
        // without the 1×1 before it, where the convolution is depthwise
        optional({ kind: 'average', pads: 'block' }, { kind: 'bn', at: 'dbb_avg.avgbn' }),
        ...(['idconv1', 'conv1', 'idconv1.conv'] as const).map((first) =>
          optional(
            {
              kind: 'conv',
              at: `dbb_1x1_kxk.${first}`,
              pads: 'block',
              ...(first === 'conv1' ? {} : { plusIdentity: true }),
            },
            { kind: 'bn', at: 'dbb_1x1_kxk.bn1.bn' },
            { kind: 'conv', at: 'dbb_1x1_kxk.conv2', pads: 'none' },
            { kind: 'bn', at: 'dbb_1x1_kxk.bn2' },
          ),
        ),
      ),
    ],
    deploy: 'dbb_reparam',
    eps: [...YOLO_NETWORKS, { ...TORCH, whose: 'DBB' }],
    aside: ASIDE,
  },
];
