import type { Dim } from '../../ir/model';
import type { DType } from '../../tensor/dtype';
import { typeOf, type Analysis } from '../analysis';
import type { Aggregation, AggregationForm } from './aggregation';
import type { Head } from './head';
import type { Reading } from './reading';
import { dimsOf } from './relabel';

/** What a dynamic convolution is joined to in the graph. */
export interface Placement {
  readonly source: string;
  readonly sink: string;
  /** The attention's weights: [N, K], or the head's own value that has to be reshaped to it. */
  readonly weights: string;
  readonly weightsAreRows: boolean;
  readonly count: number;
  readonly dtype: DType;
  /** The batch that goes into the groups; null for the form that works for any. */
  readonly batch: number | null;
  /** Whether the images have to be folded: a single image need not be. */
  readonly folds: boolean;
  /** Spatial sizes of the result. */
  readonly spatial: readonly Dim[];
}

interface Found {
  readonly head: Head;
  readonly source: string;
  readonly sink: string;
  readonly readings: ReadonlyMap<string, Reading>;
  readonly baked: { readonly batch: number } | null;
}

/** Null where the batch that the form needs is not known. */
export function placement(analysis: Analysis, found: Found, form: AggregationForm): Placement | null {
  const { head, source, sink, readings, baked } = found;
  const dims = dimsOf(analysis, source);
  const type = typeOf(analysis, sink);
  const known = baked?.batch ?? dims?.[0];
  const batch = form === 'kernel' && typeof known === 'number' ? known : null;
  if (!type?.dims || (form === 'kernel' && batch === null)) return null;
  const rows = rowsOf(analysis, head, readings);
  return {
    source,
    sink,
    weights: rows ?? head.value,
    weightsAreRows: rows !== null,
    count: head.count,
    dtype: type.dtype,
    batch,
    folds: batch !== null && dims?.[0] !== 1,
    spatial: type.dims.slice(2),
  };
}

/** A value that has the weights as [N, K]. */
function rowsOf(analysis: Analysis, head: Head, readings: ReadonlyMap<string, Reading>): string | null {
  if (dimsOf(analysis, head.value)?.length === 2) return head.value;
  for (const reading of readings.values()) {
    if (reading.kind === 'mixture' && reading.operand !== null) return reading.operand;
  }
  return null;
}

/** How many nodes the aggregation is written as (see core/fuse/dynamic). */
export function emittedNodes(laidOut: Aggregation, place: Placement): number {
  if (laidOut.form === 'kernel') {
    // [reshape of the weights] mix, reshape [mix, reshape of the biases] [fold, unfold] convolve
    return 3 + (place.weightsAreRows ? 0 : 1) + (laidOut.bias === 'mixed' ? 2 : 0) + (place.folds ? 2 : 0);
  }
  // convolve, reshape, reshape of the weights, multiply, reshape [append 1 to the weights] [sizes] [add]
  const addsConstant = laidOut.rest !== null && !laidOut.restHasTaps;
  return 5 + (laidOut.restHasTaps ? 1 : 0) + (hasOpenSizes(place) ? 3 : 0) + (addsConstant ? 1 : 0);
}

/** Whether the result's sizes have to be computed: a Reshape can leave out one. */
export function hasOpenSizes({ spatial }: Placement): boolean {
  return spatial.filter((dim) => typeof dim !== 'number').length > 1;
}
