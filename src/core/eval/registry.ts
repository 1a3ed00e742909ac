import type { Node } from '../ir/model';
import { activationKernels } from './activations';
import { alongAxisKernels } from './alongAxis';
import { arithmeticKernels } from './arithmetic';
import { castKernels } from './cast';
import { constantKernels } from './constants';
import { convKernels } from './conv';
import { convTransposeKernels } from './convTranspose';
import { dequantizeKernels } from './dequantize';
import { einsumKernels } from './einsum';
import { elementwiseKernels } from './elementwise';
import { gatherKernels } from './gather';
import type { Kernel } from './kernel';
import { logicKernels } from './logic';
import { matmulKernels } from './matmul';
import { normalizationKernels } from './normalization';
import { padKernels } from './pad';
import { poolKernels } from './pool';
import { reduceKernels } from './reduce';
import { resizeKernels } from './resize';
import { scatterKernels } from './scatter';
import { shapeKernels } from './shape';
import { slicingKernels } from './slicing';
import { softmaxKernels } from './softmax';

const KERNELS: ReadonlyMap<string, Kernel> = new Map(
  [
    activationKernels,
    alongAxisKernels,
    arithmeticKernels,
    castKernels,
    constantKernels,
    convKernels,
    convTransposeKernels,
    dequantizeKernels,
    einsumKernels,
    elementwiseKernels,
    gatherKernels,
    logicKernels,
    matmulKernels,
    normalizationKernels,
    padKernels,
    poolKernels,
    reduceKernels,
    resizeKernels,
    scatterKernels,
    shapeKernels,
    slicingKernels,
    softmaxKernels,
  ].flatMap((table) => Object.entries(table)),
);

/** The kernel of a node of the standard operator set, or null. */
export function kernelOf(node: Node): Kernel | null {
  if (node.domain !== '' && node.domain !== 'ai.onnx') return null;
  return KERNELS.get(node.opType) ?? null;
}

/** Every operator that has a kernel. */
export function kernelNames(): readonly string[] {
  return [...KERNELS.keys()];
}
