import type { Convention } from './convention';
import { FOLDS } from './folds';
import { MOBILEONE } from './mobileone';
import { OTHERS } from './others';
import { REPVGG } from './repvgg';
import { SUPERGRADIENTS } from './supergradients';
import { UNIREPLKNET } from './unireplknet';

/** All that are known; the first whose names fit speaks for them, so a block that holds others stands before those. */
export const CONVENTIONS: readonly Convention[] = [
  ...UNIREPLKNET,
  ...MOBILEONE,
  ...SUPERGRADIENTS,
  ...REPVGG,
  ...OTHERS,
  ...FOLDS,
];
