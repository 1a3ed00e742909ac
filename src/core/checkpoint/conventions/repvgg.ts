import type { Convention, Eps, HintedEps, Step } from './convention';
import { bnIdentity, branch, convBn, identity, mainBn, mainUnit, optional, sum, unit } from './parts';

const TORCH: Eps = { value: 1e-5, whose: "PyTorch's own" };
const YOLO_V6: HintedEps = {
  value: 1e-3,
  whose: 'YOLOv6',
  names: /(?:^|\.)(?:ERBlock_\d+|Rep_[pn]\d+|reduce_layer\d+)\./,
};
/** Models that are a list of modules, as YOLOv5 and all that came of it. */
const YOLO_LIST: HintedEps = {
  value: 1e-3,
  whose: 'the YOLO of a list of modules',
  names: /^(?:module\.)?(?:model\.)+\d+\./,
};
const MMYOLO: HintedEps = {
  value: 1e-3,
  whose: 'MMYOLO',
  names: /^(?:module\.)?bbox_head\.head_module\./,
};
/** PaddleDetection's CSPResNet and its neck, in PyTorch. */
const PP_YOLOE: HintedEps = {
  value: 1e-5,
  whose: 'PP-YOLOE',
  names: /(?:^|\.)(?:stages\.\d+\.blocks|(?:fpn|pan)_stages\.\d+\.\d+\.convs)\.\d+\.conv2\.conv1\.conv\./,
};
/** The k×k convolution beside a 1×1 one, where both have names that anything may have. */
const wideConv1: readonly Step[] = [
  { kind: 'conv', at: 'conv1.conv', main: true, wide: true },
  { kind: 'bn', at: 'conv1.bn' },
];
const pointConv2: readonly Step[] = [
  { kind: 'conv', at: 'conv2.conv', point: true },
  { kind: 'bn', at: 'conv2.bn' },
];
const ALPHA: Step = { kind: 'scale', at: 'alpha' };
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
    eps: [YOLO_V6, { value: 1e-3, whose: 'YOLOv6' }],
    variant:
      'a second version of it (QARepVGGBlockV2) adds an average beside each identity, which has no entry in the file; here it is taken for the first',
    // its deploy form keeps the outer BN
    aside: [...ASIDE, 'bn'],
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
    eps: [YOLO_V6, MMYOLO, { value: 1e-5, whose: 'RepVGG' }],
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
    doubt:
      'the names conv1, conv2 and alpha are also those of two convolutions in a row; here they are taken for parallel branches',
    aside: ASIDE,
  },
  {
    name: 'YOLOv9 RepConvN',
    family: 'RepConv',
    anchor: 'conv1.conv.weight',
    steps: [sum(branch(...wideConv1), branch(...pointConv2), bnIdentity('bn'))],
    deploy: 'conv',
    eps: [YOLO_LIST, PP_YOLOE, { value: 1e-3, whose: 'YOLOv9' }],
    doubt:
      'the names conv1 and conv2 are also those of PP-YOLOE (whose BN eps is 1e-5) and of two convolutions in a row; here they are taken for parallel branches',
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
    eps: [{ ...TORCH, whose: 'RepViT' }],
  },
  {
    name: 'RepViT before its second version',
    family: 'RepVGGDW',
    anchor: 'conv1.c.weight',
    steps: [sum(branch(...mainBn('conv.c', 'conv.bn')), branch(...convBn('conv1.c', 'conv1.bn')), identity)],
    deploy: '',
    eps: [{ ...TORCH, whose: 'RepViT' }],
  },
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
    eps: [{ ...TORCH, whose: 'RepGhost' }],
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
    eps: [{ ...TORCH, whose: 'ACNet' }],
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
    eps: [{ ...TORCH, whose: 'DBB' }],
    aside: ASIDE,
  },
];
