import type { ByteSource } from '../ports';
import { raise } from '../result';
import { bytesPerElement, type DType } from '../tensor/dtype';
import { elementCount, rowMajorStrides, type Tensor } from '../tensor/tensor';

/** How a tensor lies in its storage, in elements. */
export interface StridedLayout {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** More axes than any tensor has; each costs a step for every element. */
const MOST_AXES = 64;

/**
 * A tensor over a storage, read when somebody asks; row-major whatever its strides.
 * @throws ProblemError `bad-input` where the storage is too short for it, or the layout is impossible.
 */
export function stridedTensor(layout: StridedLayout, storage: ByteSource, name: string): Tensor {
  const { dtype, dims, strides, offset } = layout;
  const size = bytesPerElement(dtype);
  const count = elementCount(dims);
  const last = dims.reduce((sum, dim, axis) => sum + (dim - 1) * (strides[axis] ?? 0), offset);
  const parts = [...dims.slice(0, MOST_AXES), ...strides.slice(0, MOST_AXES), offset];
  const isPossible =
    Number.isSafeInteger(last) && parts.every((value) => Number.isSafeInteger(value) && value >= 0);
  if (dims.length !== strides.length || dims.length > MOST_AXES || !isPossible)
    raise('bad-input', `Tensor "${name}" has an impossible shape; save the model again.`);
  if (size === 0) return { dtype, dims, bytes: () => new Uint8Array(0) };
  if (count === 0) return { dtype, dims, bytes: () => new Uint8Array(0) };
  if ((last + 1) * size > storage.size) {
    const shape = dims.join('×') || 'a single element';
    raise(
      'bad-input',
      `Tensor "${name}" (${shape} of ${dtype}) needs ${(last + 1) * size} bytes, and the archive holds ${storage.size}; save the model again.`,
    );
  }
  // a broadcast tensor has more elements than its storage: as many as it says, but no more than a model has
  if (!isRowMajor(dims, strides)) {
    if (count > MOST_GATHERED)
      raise(
        'unsupported',
        `Tensor "${name}" (${dims.join('×')}) repeats elements, or has more out of order than can be read here; save a contiguous copy of it.`,
      );
    return {
      dtype,
      dims,
      bytes: () => gather(layout, size, storage.read(offset * size, (last + 1 - offset) * size)),
    };
  }
  return { dtype, dims, bytes: () => storage.read(offset * size, count * size) };
}

const MOST_GATHERED = 2 ** 26;

/** Strides of axes of size 1 mean nothing. */
function isRowMajor(dims: readonly number[], strides: readonly number[]): boolean {
  const plain = rowMajorStrides(dims);
  return dims.every((dim, axis) => dim === 1 || strides[axis] === plain[axis]);
}

function gather({ dims, strides }: StridedLayout, size: number, stored: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(elementCount(dims) * size);
  const place = new Array<number>(dims.length).fill(0);
  let from = 0;
  for (let to = 0; to < bytes.length; to += size) {
    for (let byte = 0; byte < size; byte++) bytes[to + byte] = stored[from * size + byte] as number;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      place[axis] = (place[axis] as number) + 1;
      if (place[axis] !== dims[axis]) break;
      from -= (strides[axis] as number) * (dims[axis] as number);
      place[axis] = 0;
    }
  }
  return bytes;
}
