import { activationLowerings } from './activations';
import { arithmeticLowerings } from './arithmetic';
import { attentionLowerings } from './attention';
import type { Lowering } from './call';
import { convolutionLowerings } from './convolution';
import { indexingLowerings } from './indexing';
import { joiningLowerings } from './joining';
import { layoutLowerings } from './layout';
import { linearLowerings } from './linear';
import { makingLowerings } from './making';
import { normalizationLowerings } from './normalization';
import { paddingLowerings } from './padding';
import { poolingLowerings } from './pooling';
import { reductionLowerings } from './reductions';
import { resizingLowerings } from './resizing';
import { sizeLowerings } from './sizes';
import { slicingLowerings } from './slicing';
import { writingLowerings } from './writing';

/** Every lowering by the call's target, of whatever overload. */
export const LOWERINGS: ReadonlyMap<string, Lowering> = new Map(
  [
    activationLowerings,
    arithmeticLowerings,
    attentionLowerings,
    convolutionLowerings,
    indexingLowerings,
    joiningLowerings,
    layoutLowerings,
    linearLowerings,
    makingLowerings,
    normalizationLowerings,
    paddingLowerings,
    poolingLowerings,
    reductionLowerings,
    resizingLowerings,
    sizeLowerings,
    slicingLowerings,
    writingLowerings,
  ].flatMap((table) => Object.entries(table)),
);
