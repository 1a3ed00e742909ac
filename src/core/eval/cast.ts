import { intAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';
import { dtypeOf } from '../onnx/dataTypes';
import { isFloat, type DType } from '../tensor/dtype';
import type { NdArray } from '../tensor/tensor';
import { clampInteger, wrapInteger } from './integers';
import { input, unsupported, type KernelTable } from './kernel';
import { ndArray } from './strided';

/**
 * Casts change the declared type. Floats lose nothing here, since everything is float64; floats to integers are
 * truncated and stop at the type's extremes, integers to narrower integers wrap around.
 */
function cast(node: Node, array: NdArray, to: DType): NdArray {
  if (to === 'other' || array.dtype === 'other')
    unsupported(node, 'casts to or from strings or narrow floats');
  return ndArray(to, array.dims, array.data.map(conversion(array.dtype, to)));
}

function conversion(from: DType, to: DType): (value: number) => number {
  if (to === 'bool') return (value) => (value === 0 ? 0 : 1);
  if (isFloat(to)) return (value) => value;
  if (!isFloat(from)) return wrapInteger(to);
  const clamp = clampInteger(to);
  return (value) => clamp(Math.trunc(value));
}

export const castKernels: KernelTable = {
  Cast: (call) => [cast(call.node, input(call, 0), dtypeOf(intAttribute(call.node, 'to', 0)))],
  CastLike: (call) => [cast(call.node, input(call, 0), input(call, 1).dtype)],
};
