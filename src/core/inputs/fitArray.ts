import { raise } from '../result';
import { largestFinite, type DType } from '../tensor/dtype';
import { fromNdArray, toNdArray } from '../tensor/convert';
import type { NdArray } from '../tensor/tensor';

/** An input of a model; a string is a size that the model leaves open. */
export interface InputPort {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly (number | string)[];
}

/**
 * An array as an input of the model takes it: in its element type, with a batch of one added where only that is missing.
 * Sizes of open dimensions are entered into `bindings`.
 * @throws ProblemError `bad-input`: which size does not fit, or which number does not fit the type.
 */
export function fitArray(
  array: NdArray,
  port: InputPort,
  bindings: Map<string, number>,
  file: string,
): NdArray {
  const lacksBatch =
    array.dims.length === port.dims.length - 1 && (port.dims[0] === 1 || isOpen(port.dims[0]));
  const dims = lacksBatch ? [1, ...array.dims] : array.dims;
  const mismatch = (why: string): never =>
    raise(
      'bad-input',
      `"${file}" has shape ${array.dims.join('×') || 'of a scalar'}, but input "${port.name}" wants ${port.dims.join('×') || 'a scalar'}${why}.`,
    );
  if (dims.length !== port.dims.length) mismatch('');
  dims.forEach((size, axis) => {
    const wanted = port.dims[axis];
    if (size < 1 || (typeof wanted === 'number' && wanted !== size)) mismatch('');
    if (typeof wanted !== 'string') return;
    const bound = bindings.get(wanted) ?? size;
    if (bound !== size) mismatch(`, where ${wanted} is ${bound} already`);
    bindings.set(wanted, size);
  });
  return converted({ ...array, dims }, port, file);
}

function isOpen(dim: number | string | undefined): boolean {
  return typeof dim === 'string';
}

function converted(array: NdArray, { dtype, name }: InputPort, file: string): NdArray {
  const isFloat = dtype.includes('float');
  const most = largestFinite(dtype);
  for (const value of array.data) {
    if (!isFloat && !Number.isInteger(value))
      raise('bad-input', `"${file}" holds ${value}, but input "${name}" takes whole numbers (${dtype}).`);
    if (isFloat && Number.isFinite(value) && Math.abs(value) > most)
      raise('bad-input', `"${file}" holds ${value}, which input "${name}" of type ${dtype} can't.`);
  }
  const result = { ...array, dtype };
  return array.dtype === dtype ? result : toNdArray(fromNdArray(result));
}
