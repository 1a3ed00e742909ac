import { getFloat16, setFloat16 } from '@petamoriken/float16';
import { bytesPerElement, type DType } from './dtype';
import { elementCount, type NdArray, type Tensor } from './tensor';

/** Reads one element as a float64 number. */
type Reader = (view: DataView, offset: number) => number;
/** Writes one float64 number as an element, rounding to nearest even once. */
type Writer = (view: DataView, offset: number, value: number) => void;

const READERS: Partial<Record<DType, Reader>> = {
  float32: (view, at) => view.getFloat32(at, true),
  float64: (view, at) => view.getFloat64(at, true),
  float16: (view, at) => getFloat16(view, at, true),
  bfloat16: (view, at) => bfloat16ToNumber(view.getUint16(at, true)),
  int8: (view, at) => view.getInt8(at),
  int16: (view, at) => view.getInt16(at, true),
  int32: (view, at) => view.getInt32(at, true),
  // as Number(getBigInt64) rounds, without a BigInt for each: shape arithmetic reads many
  int64: (view, at) => view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true),
  uint8: (view, at) => view.getUint8(at),
  uint16: (view, at) => view.getUint16(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  uint64: (view, at) => Number(view.getBigUint64(at, true)),
  bool: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
};

const WRITERS: Partial<Record<DType, Writer>> = {
  float32: (view, at, value) => view.setFloat32(at, value, true),
  float64: (view, at, value) => view.setFloat64(at, value, true),
  float16: (view, at, value) => setFloat16(view, at, value, true),
  bfloat16: (view, at, value) => view.setUint16(at, numberToBfloat16(value), true),
  int8: (view, at, value) => view.setInt8(at, value),
  int16: (view, at, value) => view.setInt16(at, value, true),
  int32: (view, at, value) => view.setInt32(at, value, true),
  int64: (view, at, value) => view.setBigInt64(at, toInt64(value), true),
  uint8: (view, at, value) => view.setUint8(at, value),
  uint16: (view, at, value) => view.setUint16(at, value, true),
  uint32: (view, at, value) => view.setUint32(at, value, true),
  uint64: (view, at, value) => view.setBigUint64(at, BigInt(Math.max(0, value)), true),
  bool: (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1),
};

/** Whether elements of this type can be read as numbers. */
export function isNumeric(dtype: DType): boolean {
  return READERS[dtype] !== undefined;
}

/**
 * Reads `count` elements from element `start` on as float64.
 * @throws RangeError when the bytes are too short or the type is not numeric.
 */
export function readElements(dtype: DType, bytes: Uint8Array, start: number, count: number): Float64Array {
  const size = bytesPerElement(dtype);
  if ((start + count) * size > bytes.byteLength)
    throw new RangeError('tensor bytes are shorter than its shape');
  const from = bytes.byteOffset + start * size;
  // The common cases at the speed of memory: aligned floats on a little-endian machine (all that V8 runs on).
  if (dtype === 'float32' && from % 4 === 0) {
    return Float64Array.from(new Float32Array(bytes.buffer, from, count));
  }
  if (dtype === 'float64' && from % 8 === 0) return new Float64Array(bytes.buffer, from, count).slice();
  const read = READERS[dtype];
  if (read === undefined) throw new RangeError(`elements of type ${dtype} are not numbers`);
  const view = new DataView(bytes.buffer, from, count * size);
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = read(view, i * size);
  return out;
}

/** Writes float64 values as elements of `dtype` at element `start`; each is rounded once, to nearest even. */
export function writeElements(
  dtype: DType,
  values: ArrayLike<number>,
  bytes: Uint8Array,
  start: number,
): void {
  const size = bytesPerElement(dtype);
  const write = WRITERS[dtype];
  if (write === undefined) throw new RangeError(`elements of type ${dtype} are not numbers`);
  const from = bytes.byteOffset + start * size;
  if (dtype === 'float32' && from % 4 === 0) {
    const floats = new Float32Array(bytes.buffer, from, values.length);
    if (values instanceof Float64Array) roundAll(values, floats);
    else floats.set(values);
    return;
  }
  if (dtype === 'float64' && from % 8 === 0) {
    new Float64Array(bytes.buffer, from, values.length).set(values);
    return;
  }
  const view = new DataView(bytes.buffer, from, values.length * size);
  for (let i = 0; i < values.length; i++) write(view, i * size, values[i] ?? 0);
}

/** `set` between arrays of two types takes twice as long. */
function roundAll(values: Float64Array, floats: Float32Array): void {
  const count = values.length;
  for (let i = 0; i < count; i++) floats[i] = values[i] as number;
}

/** All elements in float64; computed tensors give them as they were computed. */
export function tensorValues(tensor: Tensor): Float64Array {
  return tensor.values?.() ?? readElements(tensor.dtype, tensor.bytes(), 0, elementCount(tensor.dims));
}

/** The whole tensor as float64, rounded to its type as its bytes are. */
export function toNdArray(tensor: Tensor): NdArray {
  const count = elementCount(tensor.dims);
  return {
    dtype: tensor.dtype,
    dims: tensor.dims,
    data: readElements(tensor.dtype, tensor.bytes(), 0, count),
  };
}

/** The numbers as an ordinary array; many times as fast as `Array.from` for the few that say a shape. */
export function plainArray(values: Float64Array): number[] {
  const array = new Array<number>(values.length);
  for (let i = 0; i < values.length; i++) array[i] = values[i] as number;
  return array;
}

/** A tensor that holds `array` in its own type, rounded once. */
export function fromNdArray(array: NdArray): Tensor {
  return {
    dtype: array.dtype,
    dims: array.dims,
    values: () => array.data,
    bytes: () => {
      const bytes = new Uint8Array(array.data.length * bytesPerElement(array.dtype));
      writeElements(array.dtype, array.data, bytes, 0);
      return bytes;
    },
  };
}

function bfloat16ToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/**
 * Rounds to bfloat16, nearest even, straight from float64: rounding to float32 first would round twice.
 * A float32 that lost bits gets its last bit set (round to odd), after which the second rounding is exact.
 */
function numberToBfloat16(value: number): number {
  const nearest = Math.fround(value);
  if (Number.isNaN(nearest)) return 0x7fc0;
  scratch.setFloat32(0, nearest);
  let bits = scratch.getUint32(0);
  if (Number.isFinite(nearest) && nearest !== value) {
    // step back to the float32 towards zero, then make it odd
    if (Math.abs(nearest) > Math.abs(value)) bits -= 1;
    bits |= 1;
  }
  const rounded = bits + 0x7fff + ((bits >>> 16) & 1);
  return (rounded >>> 16) & 0xffff;
}

function toInt64(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  if (value <= -(2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(value));
}

const scratch = new DataView(new ArrayBuffer(8));
