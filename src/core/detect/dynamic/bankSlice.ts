import type { TensorReader } from '../../algebra/kernel/vectorExpr';
import { bytesPerElement } from '../../tensor/dtype';
import { elementCount, type Tensor } from '../../tensor/tensor';

/**
 * A part of a stored tensor, seen as a tensor of its own: the kernel that a bank keeps for one attention weight. Element i
 * is the stored tensor's element start + i·step; a bank of rows has step 1, one of columns steps over the others.
 */
export interface BankSlice {
  readonly tensor: string;
  readonly start: number;
  readonly step: number;
  readonly dims: readonly number[];
}

/** No file's tensor is called so. */
const MARK = '\u0000slice ';

/** A name that stands for the slice in kernel expressions; it says all there is to know, so that a plan stays data. */
export function sliceName({ tensor, start, step, dims }: BankSlice): string {
  return MARK + JSON.stringify({ tensor, start, step, dims });
}

/** A reader that finds slices beside the tensors that `read` finds. */
export function readingSlices(read: TensorReader): TensorReader {
  return (name) => {
    if (!name.startsWith(MARK)) return read(name);
    return slicedTensor(JSON.parse(name.slice(MARK.length)) as BankSlice, read);
  };
}

function slicedTensor({ tensor, start, step, dims }: BankSlice, read: TensorReader): Tensor {
  const whole = read(tensor);
  const size = bytesPerElement(whole.dtype);
  const count = elementCount(dims);
  return {
    dtype: whole.dtype,
    dims,
    bytes: () => {
      const bytes = whole.bytes();
      if (step === 1) return bytes.subarray(start * size, (start + count) * size);
      const part = new Uint8Array(count * size);
      for (let i = 0; i < count; i++) {
        const from = (start + i * step) * size;
        part.set(bytes.subarray(from, from + size), i * size);
      }
      return part;
    },
  };
}
