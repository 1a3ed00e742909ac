import type { Convention } from './convention';
import { FOLDS } from './folds';
import { MOBILEONE } from './mobileone';
import { REPVGG } from './repvgg';
import { UNIREPLKNET } from './unireplknet';

/** All that are known; the first whose names fit speaks for them, so a block that holds others stands before those. */
export const CONVENTIONS: readonly Convention[] = [...UNIREPLKNET, ...MOBILEONE, ...REPVGG, ...FOLDS];
