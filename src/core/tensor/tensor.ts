import { bytesPerElement, type DType } from './dtype';

/**
 * A tensor of known type and size whose bytes are fetched when somebody asks.
 * Views of a file, external data and merged kernels are all of this one shape.
 */
export interface Tensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** Row-major little-endian elements; may be computed or read at each call, so keep the result. */
  bytes(): Uint8Array;
  /** The same bytes in pieces, for tensors that are computed: a writer needs no more of them at a time. Each is valid until the next. */
  pieces?(): Iterable<Uint8Array>;
  /** The elements in float64, for tensors that are computed: not rounded to the tensor's type. */
  values?(): Float64Array;
}

/** A tensor held as float64 numbers, whatever its declared type: what the evaluator and the algebra compute with. */
export interface NdArray {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/** Number of elements; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Bytes that the elements take; 0 for dtype `other`. */
export function byteLength(tensor: Pick<Tensor, 'dtype' | 'dims'>): number {
  return elementCount(tensor.dims) * bytesPerElement(tensor.dtype);
}

/** Row-major strides, in elements. */
export function rowMajorStrides(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  }
  return strides;
}

export function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}
