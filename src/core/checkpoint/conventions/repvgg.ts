import type { Convention, Step } from './convention';
import {
  DAMO_YOLO,
  MMYOLO,
  MMYOLO_PP_YOLOE,
  PP_YOLOE,
  RT_DETR,
  TORCH,
  YOLO_LIST,
  YOLO_NETWORKS,
  YOLO_V6,
} from './networks';
import { bnIdentity, branch, convBn, identity, mainBn, mainUnit, sum, unit } from './parts';

/** The k×k convolution beside a 1×1 one, where both have names that anything may have. */
const wideConv1: readonly Step[] = [
  { kind: 'conv', at: 'conv1.conv', main: true, wide: true },
  { kind: 'bn', at: 'conv1.bn' },
];
const pointConv2: readonly Step[] = [
  { kind: 'conv', at: 'conv2.conv', point: true },
  { kind: 'bn', at: 'conv2.bn' },
];
const ALPHA: Step = { kind: 'scale', at: 'alpha', stays: true };
/** @param others whose names they are as well: "PP-YOLOE and of ". */
const inARow = (names: string, others = ''): string =>
  `the names ${names} are also those of ${others}two convolutions in a row; here they are taken for parallel branches`;
const ASIDE = ['se', 'attn', 'act', 'nonlinearity', 'post_se', 'activation', 'nonlinear'];

/** k×k + 1×1 + identity, of RepVGG and those that took it over. */
export const REPVGG: readonly Convention[] = [
  {
    name: 'YOLOv6 QARepVGG',
    family: 'QARepVGG',
    anchor: 'rbr_1x1.weight',
    steps: [
      sum(branch(...mainUnit('rbr_dense')), branch({ kind: 'conv', at: 'rbr_1x1' }), {
        steps: [],
        hidden: 'unstrided',
      }),
    ],
    deploy: 'rbr_reparam',
    eps: [{ value: 1e-3, whose: 'YOLOv6' }],
    where: { file: YOLO_V6.names },
    variant:
      'a second version of it (QARepVGGBlockV2) adds an average beside each identity, which has no entry in the file; here it is taken for the first',
    // its deploy form keeps the outer BN
    aside: [...ASIDE, 'bn'],
  },
  {
    name: 'QARepVGG',
    family: 'QARepVGG',
    anchor: 'rbr_1x1.weight',
    steps: [
      sum(branch(...mainUnit('rbr_dense')), branch({ kind: 'conv', at: 'rbr_1x1' }), {
        steps: [],
        hidden: 'unstrided',
      }),
      { kind: 'bn', at: 'bn' },
    ],
    deploy: 'rbr_reparam',
    eps: [...YOLO_NETWORKS, { value: 1e-5, whose: 'QARepVGG' }],
    variant: "YOLOv6's QARepVGG, whose names are the same, keeps the outer BN beside the merged convolution",
    aside: ASIDE,
  },
  {
    name: 'MMYOLO PP-YOLOE',
    family: 'RepVGG-alpha',
    anchor: 'alpha',
    steps: [
      sum(branch(...mainUnit('rbr_dense')), branch(...unit('rbr_1x1'), ALPHA), bnIdentity('rbr_identity')),
    ],
    deploy: 'rbr_reparam',
    eps: [{ value: 1e-5, whose: 'PP-YOLOE' }],
    aside: ASIDE,
  },
  {
    name: 'RepVGG',
    family: 'RepVGG',
    anchor: 'rbr_dense.conv.weight',
    steps: [sum(branch(...mainUnit('rbr_dense')), branch(...unit('rbr_1x1')), bnIdentity('rbr_identity'))],
    deploy: 'rbr_reparam',
    eps: [...YOLO_NETWORKS, DAMO_YOLO, MMYOLO_PP_YOLOE, MMYOLO, { value: 1e-5, whose: 'RepVGG' }],
    aside: ASIDE,
  },
  {
    name: 'YOLOv7 RepConv',
    family: 'RepConv',
    anchor: 'rbr_dense.0.weight',
    steps: [
      sum(
        branch(...mainBn('rbr_dense.0', 'rbr_dense.1')),
        branch(...convBn('rbr_1x1.0', 'rbr_1x1.1')),
        bnIdentity('rbr_identity'),
      ),
    ],
    deploy: 'rbr_reparam',
    eps: [YOLO_LIST, { value: 1e-3, whose: 'YOLOv7' }],
    aside: ASIDE,
  },
  {
    name: 'timm RepVGG',
    family: 'RepVGG',
    anchor: 'conv_kxk.conv.weight',
    steps: [sum(branch(...mainUnit('conv_kxk')), branch(...unit('conv_1x1')), bnIdentity('identity'))],
    deploy: 'reparam_conv',
    eps: [{ ...TORCH, whose: 'timm' }],
    common: true,
    aside: ASIDE,
  },
  {
    name: 'mmpretrain RepVGG',
    family: 'RepVGG',
    anchor: 'branch_3x3.conv.weight',
    steps: [
      sum(
        branch(...mainBn('branch_3x3.conv', 'branch_3x3.norm')),
        branch(...convBn('branch_1x1.conv', 'branch_1x1.norm')),
        bnIdentity('branch_norm'),
      ),
    ],
    deploy: 'branch_reparam',
    eps: [{ ...TORCH, whose: 'mmpretrain' }],
    aside: [...ASIDE, 'se_layer'],
  },
  {
    name: 'PP-YOLOE',
    family: 'RepVGG-alpha',
    anchor: 'alpha',
    steps: [sum(branch(...wideConv1), branch(...pointConv2, ALPHA))],
    deploy: 'conv',
    eps: [{ value: 1e-5, whose: 'PP-YOLOE' }],
    doubt: inARow('conv1, conv2 and alpha'),
    aside: ASIDE,
  },
  {
    name: 'YOLOv9 RepConvN',
    family: 'RepConv',
    anchor: 'conv1.conv.weight',
    steps: [sum(branch(...wideConv1), branch(...pointConv2), bnIdentity('bn'))],
    deploy: 'conv',
    eps: [YOLO_LIST, PP_YOLOE, { value: 1e-3, whose: 'YOLOv9' }],
    doubt: inARow('conv1 and conv2', 'PP-YOLOE (whose BN eps is 1e-5) and of '),
    aside: ASIDE,
  },
  {
    name: 'RT-DETR',
    family: 'RepConv',
    anchor: 'conv1.conv.weight',
    steps: [
      sum(
        branch({ kind: 'conv', at: 'conv1.conv', main: true, wide: true }, { kind: 'bn', at: 'conv1.norm' }),
        branch({ kind: 'conv', at: 'conv2.conv', point: true }, { kind: 'bn', at: 'conv2.norm' }),
      ),
    ],
    deploy: 'conv',
    eps: [RT_DETR, { value: 1e-5, whose: 'RT-DETR and D-FINE' }],
    doubt: inARow('conv1 and conv2'),
    aside: ASIDE,
  },
  {
    name: 'YOLOv10 RepVGGDW',
    family: 'RepLKNet',
    anchor: 'conv1.conv.weight',
    steps: [
      sum(
        branch({ kind: 'conv', at: 'conv.conv', main: true, wide: true }, { kind: 'bn', at: 'conv.bn' }),
        branch({ kind: 'conv', at: 'conv1.conv', wide: true }, { kind: 'bn', at: 'conv1.bn' }),
      ),
    ],
    deploy: 'conv',
    eps: [YOLO_LIST, { value: 1e-3, whose: 'YOLOv10' }],
    depthwise: 'conv.conv',
    doubt: inARow('conv and conv1'),
    aside: ASIDE,
  },
  {
    name: 'RepViT',
    family: 'RepVGGDW',
    anchor: 'conv1.weight',
    steps: [
      sum(branch(...mainBn('conv.c', 'conv.bn')), branch({ kind: 'conv', at: 'conv1' }), identity),
      { kind: 'bn', at: 'bn' },
    ],
    deploy: '',
    eps: [...YOLO_NETWORKS, { ...TORCH, whose: 'RepViT' }],
  },
  {
    name: 'RepViT before its second version',
    family: 'RepVGGDW',
    anchor: 'conv1.c.weight',
    steps: [sum(branch(...mainBn('conv.c', 'conv.bn')), branch(...convBn('conv1.c', 'conv1.bn')), identity)],
    deploy: '',
    eps: [...YOLO_NETWORKS, { ...TORCH, whose: 'RepViT' }],
  },
];
