import { roundingBound } from '../eval/rounding';
import { toNdArray } from '../tensor/convert';
import { isFloat, unitRoundoff } from '../tensor/dtype';
import { sameDims, type Tensor } from '../tensor/tensor';
import { IDENTICAL, type Likeness } from '../verify/match/likeness';

/** Constants that are equal but for rounding to the coarser of their types, whichever types those are. */
export const ALIKE: Likeness = {
  tensors: nearTensor,
  dtypes: (a, b) => a === b || (isFloat(a) && isFloat(b)),
};

function nearTensor(a: Tensor, b: Tensor): boolean {
  if (a.dtype === b.dtype) return IDENTICAL.tensors(a, b);
  if (!isFloat(a.dtype) || !isFloat(b.dtype) || !sameDims(a.dims, b.dims)) return false;
  const [left, right] = [toNdArray(a).data, toNdArray(b).data];
  const u = Math.max(unitRoundoff(a.dtype), unitRoundoff(b.dtype));
  const gamma = roundingBound(2, u);
  // below the smallest normal of float16 the error is absolute
  const least = 2 ** -24;
  return left.every((value, i) => {
    const other = right[i] as number;
    return Object.is(value, other) || Math.abs(value - other) <= gamma * Math.abs(value) + least;
  });
}
