import type { Convention, Step } from './convention';
import { YOLO_NETWORKS } from './networks';
import { branch, convBn, mainBn, optional, sum } from './parts';

const EPS: Convention['eps'] = [...YOLO_NETWORKS, { value: 1e-5, whose: 'UniRepLKNet' }];

const dilated = (at: string): Step =>
  sum(
    branch(...mainBn(`${at}lk_origin`, `${at}origin_bn`)),
    optional(
      { kind: 'conv', at: `${at}dil_conv_k{k}_{r}`, dilation: 'r' },
      { kind: 'bn', at: `${at}dil_bn_k{k}_{r}` },
    ),
  );

/** Dilated branches beside a large kernel; in a whole network the BN behind them, and what its deploy form folds with it. */
export const UNIREPLKNET: readonly Convention[] = [
  {
    name: 'UniRepLKNet block',
    family: 'UniRepLKNet',
    anchor: 'dwconv.origin_bn.weight',
    part: 'dwconv',
    steps: [dilated('dwconv.'), { kind: 'bn', at: 'norm', optional: true }],
    deploy: 'dwconv.lk_origin',
    eps: EPS,
    aside: ['se', 'pwconv1', 'pwconv2', 'act', 'gamma'],
  },
  {
    name: 'UniRepLKNet',
    family: 'UniRepLKNet',
    anchor: 'origin_bn.weight',
    steps: [dilated('')],
    deploy: 'lk_origin',
    eps: EPS,
  },
  {
    name: 'UniRepLKNet small kernel',
    family: 'Linear branches',
    anchor: 'dwconv.weight',
    part: 'dwconv',
    steps: convBn('dwconv', 'norm'),
    deploy: 'dwconv',
    eps: EPS,
    depthwise: 'dwconv',
    beside: ['UniRepLKNet block'],
    aside: ['se', 'pwconv1', 'pwconv2', 'act', 'gamma'],
  },
  {
    name: 'UniRepLKNet projection',
    family: 'Linear branches',
    anchor: 'pwconv2.2.running_var',
    part: 'pwconv2',
    steps: [
      { kind: 'shift', at: 'act.1.beta' },
      { kind: 'linear', at: 'pwconv2.0' },
      { kind: 'bn', at: 'pwconv2.2' },
      { kind: 'scale', at: 'gamma', optional: true },
    ],
    deploy: 'pwconv2.0',
    eps: EPS,
    beside: ['UniRepLKNet block'],
    aside: ['se', 'pwconv1', 'dwconv', 'norm', 'act.1.gamma'],
  },
];
