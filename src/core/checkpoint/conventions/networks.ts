import type { Eps, HintedEps } from './convention';

export const TORCH: Eps = { value: 1e-5, whose: "PyTorch's own" };

/** Networks that set the eps of all their BNs, whatever blocks they are built of; known by other names of the file. */
export const YOLO_V6: HintedEps = {
  value: 1e-3,
  whose: 'YOLOv6',
  names: /(?:^|\.)(?:ERBlock_\d+|Rep_[pn]\d+|reduce_layer\d+)\./,
};
/** Models that are a list of modules, as YOLOv5 and all that came of it. */
export const YOLO_LIST: HintedEps = {
  value: 1e-3,
  whose: 'the YOLO of a list of modules',
  names: /^(?:module\.)?(?:model\.)+\d+\./,
};
/** Such a list with blocks that other lists have as well: the names of its own modules tell. */
const YOLO_FORK: HintedEps = {
  ...YOLO_LIST,
  names: /^(?:module\.)?(?:model\.)+\d+\.(?:[\w.]+\.)?(?:cv\d+|dfl)\.(?:[\w.]+\.)?conv\./,
};
export const MMYOLO: HintedEps = {
  value: 1e-3,
  whose: 'MMYOLO',
  names: /^(?:module\.)?bbox_head\.head_module\./,
};
export const MMYOLO_PP_YOLOE: HintedEps = {
  value: 1e-5,
  whose: 'PP-YOLOE in MMYOLO',
  names: /\.blocks\.\d+\.conv2\.rbr_dense\./,
};
export const DAMO_YOLO: HintedEps = {
  value: 1e-3,
  whose: 'DAMO-YOLO',
  names: /(?:^|\.)merge_\d+\.convs\.\d+\.conv2\.rbr_dense\./,
};
/** PaddleDetection's CSPResNet and its neck, in PyTorch. */
export const PP_YOLOE: HintedEps = {
  value: 1e-5,
  whose: 'PP-YOLOE',
  names: /(?:^|\.)(?:stages\.\d+\.blocks|(?:fpn|pan)_stages\.\d+\.\d+\.convs)\.\d+\.conv2\.conv1\.conv\./,
};
export const RT_DETR: HintedEps = {
  value: 1e-5,
  whose: 'RT-DETR',
  names: /(?:^|\.)(?:fpn|pan)_blocks\.\d+\.(?:cv\d\.\d+\.)?bottlenecks\.\d+\.conv1\.norm\./,
};
export const YOLO_NAS: HintedEps = {
  value: 1e-3,
  whose: 'YOLO-NAS',
  names: /(?:^|\.)bottlenecks\.\d+\.cv1\.branch_3x3\.conv\./,
};

/** Those that are built of blocks of classification networks, too. */
export const YOLO_NETWORKS: readonly HintedEps[] = [YOLO_V6, YOLO_FORK];
