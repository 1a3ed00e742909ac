import type { BranchRule, Convention } from './convention';
import { YOLO_NETWORKS } from './networks';
import { bnIdentity, branch, convBn, identity, mainBn, mainUnit, optional, sum, unit } from './parts';

type EpsList = Convention['eps'];
const APPLE: EpsList = [...YOLO_NETWORKS, { value: 1e-5, whose: 'MobileOne and FastViT' }];
const TIMM: EpsList = [{ value: 1e-5, whose: 'timm' }];
const ASIDE = ['se', 'attn', 'act', 'activation', 'drop_path'];

/** n k×k convolutions, a 1×1 one, a BN, each where it is there; under two sets of names. */
const timmBranches = (at: string): readonly BranchRule[] => [
  optional(...mainUnit(`${at}conv_kxk.{i}`)),
  optional(...unit(`${at}conv_scale`)),
  bnIdentity(`${at}identity`),
];
const appleBranches = (at: string): readonly BranchRule[] => [
  optional(...mainUnit(`${at}rbr_conv.{i}`)),
  optional(...unit(`${at}rbr_scale`)),
  bnIdentity(`${at}rbr_skip`),
];

/** x + scale · (mixer(x) − norm(x)). */
function repMixer(
  name: string,
  eps: EpsList,
  branches: (at: string) => readonly BranchRule[],
  [anchor, scale]: readonly [string, string],
): Convention {
  return {
    name,
    family: 'RepMixer',
    anchor,
    steps: [
      sum(
        identity,
        branch(sum(branch(sum(...branches('mixer.'))), { steps: [sum(...branches('norm.'))], minus: true }), {
          kind: 'scale',
          at: scale,
          optional: true,
        }),
      ),
    ],
    deploy: 'reparam_conv',
    eps,
  };
}

function largeKernel(name: string, eps: EpsList, large: string, deploy: string): Convention {
  return {
    name,
    family: 'RepLKNet',
    anchor: `${large}.conv.weight`,
    steps: [sum(branch(...mainUnit(large)), optional(...unit('small_conv')))],
    deploy,
    eps,
    common: true,
    aside: ASIDE,
  };
}

function positions(name: string, eps: EpsList, at: string): Convention {
  return {
    name,
    family: 'RepCPE',
    anchor: `${at}.weight`,
    steps: [sum(branch({ kind: 'conv', at, main: true }), identity)],
    deploy: 'reparam_conv',
    eps,
    depthwise: at,
  };
}

/** BNs of the other parts that stand in the same module. */
const GHOST_PARTS = ['primary', 'cheap', 'dw'].map((part) => `${part}_rpr_skip`);

/** A part of timm's GhostNetV3: n k×k convolutions, a 1×1 one, a BN. */
function ghost(part: string, merged: string): Convention {
  const at = `${part}_rpr`;
  return {
    name: `timm GhostNetV3 ${part}`,
    family: 'MobileOne',
    anchor: `${at}_conv.0.conv.weight`,
    part: merged,
    steps: [
      sum(
        optional(...mainBn(`${at}_conv.{i}.conv`, `${at}_conv.{i}.bn1`)),
        optional(...convBn(`${at}_scale.conv`, `${at}_scale.bn1`)),
        bnIdentity(`${at}_skip`),
      ),
    ],
    deploy: merged,
    eps: TIMM,
    aside: [...ASIDE, ...GHOST_PARTS.filter((skip) => skip !== `${at}_skip`)],
  };
}

/** MobileOne, FastViT and RepLKNet; a block that holds another stands before it. */
export const MOBILEONE: readonly Convention[] = [
  repMixer('timm FastViT RepMixer', TIMM, timmBranches, [
    'mixer.conv_kxk.0.conv.weight',
    'layer_scale.gamma',
  ]),
  repMixer('FastViT RepMixer', APPLE, appleBranches, ['mixer.rbr_conv.0.conv.weight', 'layer_scale']),
  {
    name: 'timm MobileOne',
    family: 'MobileOne',
    anchor: 'conv_kxk.0.conv.weight',
    steps: [sum(...timmBranches(''))],
    deploy: 'reparam_conv',
    eps: TIMM,
    aside: ASIDE,
  },
  {
    name: 'MobileOne',
    family: 'MobileOne',
    anchor: 'rbr_conv.0.conv.weight',
    steps: [sum(...appleBranches(''))],
    deploy: 'reparam_conv',
    eps: APPLE,
    aside: ASIDE,
  },
  {
    name: 'mmpretrain MobileOne',
    family: 'MobileOne',
    anchor: 'branch_conv_list.0.conv.weight',
    steps: [
      sum(
        branch(...mainBn('branch_conv_list.{i}.conv', 'branch_conv_list.{i}.norm')),
        optional(...convBn('branch_scale.conv', 'branch_scale.norm')),
        bnIdentity('branch_norm'),
      ),
    ],
    deploy: 'branch_reparam',
    eps: [{ value: 1e-5, whose: 'mmpretrain' }],
    aside: ASIDE,
  },
  largeKernel('timm FastViT large kernel', TIMM, 'large_conv', 'reparam_conv'),
  largeKernel(
    'RepLKNet',
    [...YOLO_NETWORKS, { value: 1e-5, whose: 'RepLKNet' }],
    'lkb_origin',
    'lkb_reparam',
  ),
  ghost('primary', 'primary_conv.0'),
  ghost('cheap', 'cheap_operation.0'),
  ghost('dw', 'conv_dw'),
  positions('timm FastViT RepCPE', TIMM, 'pos_enc'),
  positions('FastViT RepCPE', APPLE, 'pe'),
];
