import { intAttribute } from '../ir/attributes';
import { isFloat } from '../tensor/dtype';
import { wrapInteger } from './integers';
import { input, intsOf, normalizeAxis, type Kernel, type KernelTable } from './kernel';
import { ndArray, product, range, transposed } from './strided';

/** Reductions: the reduced axes are brought to the end, where each result is a function of one run of elements. */

type RowFunction = (row: Float64Array) => number;

function reduction(reduce: RowFunction): Kernel {
  return (call) => {
    const x = input(call, 0);
    const rank = x.dims.length;
    const given = intsOf(call, 'axes', 1);
    if ((given === null || given.length === 0) && intAttribute(call.node, 'noop_with_empty_axes', 0) !== 0)
      return [x];
    const axes = given === null || given.length === 0 ? range(rank) : given;
    const gone = new Set(axes.map((axis) => normalizeAxis(call.node, axis, rank)));
    const kept = range(rank).filter((axis) => !gone.has(axis));
    const rows = transposed(x, [...kept, ...gone]).data;
    const length = product([...gone].map((axis) => x.dims[axis] as number));
    const keepDims = intAttribute(call.node, 'keepdims', 1) !== 0;
    const dims = keepDims
      ? x.dims.map((dim, axis) => (gone.has(axis) ? 1 : dim))
      : kept.map((axis) => x.dims[axis] as number);
    const wrap = isFloat(x.dtype) ? (value: number) => value : wholeNumber(wrapInteger(x.dtype));
    const out = Float64Array.from({ length: product(dims) }, (_, i) =>
      wrap(reduce(rows.subarray(i * length, (i + 1) * length))),
    );
    return [ndArray(x.dtype, dims, out)];
  };
}

function wholeNumber(wrap: (value: number) => number): (value: number) => number {
  return (value) => wrap(Math.trunc(value));
}

function sum(row: Float64Array, of: (value: number) => number = (value) => value): number {
  let total = 0;
  for (const value of row) total += of(value);
  return total;
}

const square = (value: number) => value * value;
const largest: RowFunction = (row) => row.reduce((most, value) => Math.max(most, value), -Infinity);
const smallest: RowFunction = (row) => row.reduce((least, value) => Math.min(least, value), Infinity);

/** log Σ eˣ with the largest x taken out, so that nothing overflows. */
const logSumExp: RowFunction = (row) => {
  const most = largest(row);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(sum(row, (value) => Math.exp(value - most)));
};

export const reduceKernels: KernelTable = {
  ReduceSum: reduction((row) => sum(row)),
  ReduceMean: reduction((row) => sum(row) / row.length),
  ReduceMax: reduction(largest),
  ReduceMin: reduction(smallest),
  ReduceProd: reduction((row) => row.reduce((result, value) => result * value, 1)),
  ReduceL1: reduction((row) => sum(row, Math.abs)),
  ReduceL2: reduction((row) => Math.sqrt(sum(row, square))),
  ReduceSumSquare: reduction((row) => sum(row, square)),
  ReduceLogSum: reduction((row) => Math.log(sum(row))),
  ReduceLogSumExp: reduction(logSumExp),
};
