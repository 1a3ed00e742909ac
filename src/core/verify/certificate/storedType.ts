import { isFloat, unitRoundoff, type DType } from '../../tensor/dtype';
import type { BlockPart } from '../block/blockRuns';
import { nodesBetween } from './nodesBetween';

/** The coarsest of the types that the parts' weights are stored in: what rounding is measured by; `fallback` without weights. */
export function storedType(parts: readonly BlockPart[], fallback: DType): DType {
  let coarsest: DType | null = null;
  for (const part of parts) {
    for (const node of nodesBetween(part)) {
      for (const input of node.inputs) {
        const dtype = part.side.facts.constants.get(input)?.dtype;
        if (dtype === undefined || !isFloat(dtype)) continue;
        if (coarsest === null || unitRoundoff(dtype) > unitRoundoff(coarsest)) coarsest = dtype;
      }
    }
  }
  return coarsest ?? fallback;
}
