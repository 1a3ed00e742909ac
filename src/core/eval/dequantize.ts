import { intAttribute } from '../ir/attributes';
import { rowMajorStrides, type NdArray } from '../tensor/tensor';
import { badInput, input, normalizeAxis, optionalInput, unsupported, type KernelTable } from './kernel';
import { ndArray } from './strided';

/** y = (x − zero point) · scale, both of them scalars or one for each place of an axis. */
export const dequantizeKernels: KernelTable = {
  DequantizeLinear: (call) => {
    const [x, scale, zero] = [input(call, 0), input(call, 1), optionalInput(call, 2)];
    const { node } = call;
    if (intAttribute(node, 'block_size', 0) !== 0) unsupported(node, 'has scales for blocks');
    const single = scale.data.length === 1 && scale.dims.length <= 1;
    const axis = single ? 0 : normalizeAxis(node, intAttribute(node, 'axis', 1), x.dims.length);
    const places = single ? 1 : (x.dims[axis] ?? 1);
    const fits = (vector: NdArray | null): boolean => vector === null || vector.data.length === places;
    if (!fits(scale) || !fits(zero))
      badInput(node, `has no scale for each of the ${places} places of axis ${axis}`);
    const stride = rowMajorStrides(x.dims)[axis] ?? 1;
    const data = x.data.map((value, at) => {
      const place = single ? 0 : Math.floor(at / stride) % places;
      return (value - (zero?.data[place] ?? 0)) * (scale.data[place] ?? 1);
    });
    return [ndArray(scale.dtype, x.dims, data)];
  },
};
