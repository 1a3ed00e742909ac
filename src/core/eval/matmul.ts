import { intAttribute } from '../ir/attributes';
import { sameDims, type NdArray } from '../tensor/tensor';
import { broadcastDims, expandTo } from './broadcast';
import { float32Attribute } from './floatDefault';
import { badInput, input, optionalInput, type Kernel, type KernelTable } from './kernel';
import { ndArray, product, transposed, withDims } from './strided';

/** out[m, n] += a[m, k] · b[k, n], from the given offsets on. */
function accumulate(
  out: Float64Array,
  outAt: number,
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bAt: number,
  [m, k, n]: readonly [number, number, number],
): void {
  for (let row = 0; row < m; row++) {
    const to = outAt + row * n;
    for (let p = 0; p < k; p++) {
      const factor = a[aAt + row * k + p] as number;
      const from = bAt + p * n;
      for (let column = 0; column < n; column++) {
        (out[to + column] as number) += factor * (b[from + column] as number);
      }
    }
  }
}

/** numpy's matmul: the last two axes are matrices, the others broadcast; a vector gets an axis that goes again. */
const matMul: Kernel = (call) => {
  const left = input(call, 0);
  const right = input(call, 1);
  const a = left.dims.length === 1 ? withDims(left, [1, ...left.dims]) : left;
  const b = right.dims.length === 1 ? withDims(right, [...right.dims, 1]) : right;
  const [m = 1, k = 1] = a.dims.slice(-2);
  const [inner = 1, n = 1] = b.dims.slice(-2);
  if (inner !== k) badInput(call.node, `multiplies [${left.dims.join(', ')}] by [${right.dims.join(', ')}]`);
  const batch = broadcastDims(call.node, [a.dims.slice(0, -2), b.dims.slice(0, -2)]);
  const aData = expandTo(a, [...batch, m, k]);
  const bData = expandTo(b, [...batch, k, n]);
  const count = product(batch);
  const out = new Float64Array(count * m * n);
  for (let i = 0; i < count; i++) accumulate(out, i * m * n, aData, i * m * k, bData, i * k * n, [m, k, n]);
  const dims = [...batch, ...(left.dims.length === 1 ? [] : [m]), ...(right.dims.length === 1 ? [] : [n])];
  return [ndArray(left.dtype, dims, out)];
};

/** α·A′·B′ + β·C, where ′ transposes if told and C broadcasts to the product. */
const gemm: Kernel = (call) => {
  const maybeTransposed = (array: NdArray, name: string) =>
    intAttribute(call.node, name, 0) !== 0 ? transposed(array, [1, 0]) : array;
  const a = maybeTransposed(input(call, 0), 'transA');
  const b = maybeTransposed(input(call, 1), 'transB');
  const c = optionalInput(call, 2);
  const alpha = float32Attribute(call.node, 'alpha', 1);
  const beta = float32Attribute(call.node, 'beta', 1);
  const [m = 1, k = 1] = a.dims;
  const [inner = 1, n = 1] = b.dims;
  if (inner !== k) badInput(call.node, `multiplies [${a.dims.join(', ')}] by [${b.dims.join(', ')}]`);
  const out = new Float64Array(m * n);
  accumulate(out, 0, a.data, 0, b.data, 0, [m, k, n]);
  if (c !== null && !sameDims(broadcastDims(call.node, [[m, n], c.dims]), [m, n])) {
    badInput(call.node, `adds [${c.dims.join(', ')}] to a product of shape [${m}, ${n}]`);
  }
  const added = c === null ? null : expandTo(c, [m, n]);
  const data = out.map((value, i) => alpha * value + (added === null ? 0 : beta * (added[i] as number)));
  return [ndArray(a.dtype, [m, n], data)];
};

export const matmulKernels: KernelTable = { MatMul: matMul, Gemm: gemm };
