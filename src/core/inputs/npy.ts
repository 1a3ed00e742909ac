import { raise } from '../result';
import { isNumeric, readElements } from '../tensor/convert';
import { bytesPerElement, type DType } from '../tensor/dtype';
import { elementCount, type NdArray } from '../tensor/tensor';
import { MOST_ELEMENTS } from './limits';

/** NumPy's element types by kind and size, as `descr` writes them after the byte order. */
const TYPES: Readonly<Record<string, DType>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Headers are a line of Python; NumPy's own have some hundred bytes. */
const MOST_HEADER = 2 ** 16;

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

/**
 * The array of an `.npy` file, row-major, its elements as float64.
 * @param name how sentences call the file.
 * @throws ProblemError `bad-input` for a damaged file, `unsupported` for elements that are no numbers.
 */
export function readNpy(bytes: Uint8Array, name: string): NdArray {
  const { descr, isFortran, dims, start } = readHeader(bytes, name);
  const order = descr.charAt(0);
  const dtype = TYPES[descr.slice(1)];
  if (dtype === undefined || !isNumeric(dtype) || !'<>|='.includes(order))
    raise('unsupported', `"${name}" holds elements of type ${descr}; save it as float32.`);
  const count = elementCount(dims);
  if (!Number.isSafeInteger(count) || count > MOST_ELEMENTS)
    raise('unsupported', `"${name}" has shape ${dims.join('×')}, more than an input here can have.`);
  const size = bytesPerElement(dtype);
  const body = bytes.subarray(start);
  if (body.length !== count * size) {
    const needed = `${dims.join('×') || 'scalar'} of ${dtype} needs ${count * size} bytes`;
    raise('bad-input', `"${name}" is damaged: ${needed}, and ${body.length} are there.`);
  }
  const data = readElements(dtype, order === '>' ? swapped(body, size) : body, 0, count);
  return { dtype, dims, data: isFortran ? rowMajor(data, dims) : data };
}

interface Header {
  readonly descr: string;
  readonly isFortran: boolean;
  readonly dims: readonly number[];
  /** Where the elements begin. */
  readonly start: number;
}

function readHeader(bytes: Uint8Array, name: string): Header {
  const damaged = (what: string): never => raise('bad-input', `"${name}" is no .npy file: ${what}.`);
  if (!isNpy(bytes) || bytes.length < 10) damaged('it does not begin as one');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = (bytes[6] ?? 0) >= 2;
  const from = isLong ? 12 : 10;
  if (bytes.length < from) damaged('it ends within its header');
  const length = isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length > MOST_HEADER || from + length > bytes.length) damaged('it ends within its header');
  const text = new TextDecoder().decode(bytes.subarray(from, from + length));
  const descr = /'descr'\s*:\s*'([^']{2,16})'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d,\sL]{0,400})\)/.exec(text)?.[1];
  if (/'descr'\s*:\s*\[/.test(text))
    raise('unsupported', `"${name}" holds records of several fields; save one array of numbers.`);
  if (descr === undefined || order === undefined || shape === undefined)
    return damaged('its header does not say type, order and shape');
  const dims = shape
    .split(',')
    .map((part) => part.replace('L', '').trim())
    .filter((part) => part !== '')
    .map(Number);
  if (dims.length > 32 || !dims.every(Number.isSafeInteger)) damaged(`its shape is (${shape})`);
  return { descr, isFortran: order === 'True', dims, start: from + length };
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes[i - (i % size) + (size - 1 - (i % size))] as number;
  return out;
}

/** Column-major elements in row-major order. */
function rowMajor(data: Float64Array, dims: readonly number[]): Float64Array {
  const out = new Float64Array(data.length);
  const index = dims.map(() => 0);
  for (const value of data) {
    let at = 0;
    dims.forEach((dim, axis) => (at = at * dim + (index[axis] as number)));
    out[at] = value;
    for (let axis = 0; axis < dims.length; axis++) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (dims[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return out;
}
