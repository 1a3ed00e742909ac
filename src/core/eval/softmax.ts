import { intAttribute } from '../ir/attributes';
import { mapAxis } from './alongAxis';
import { input, normalizeAxis, type Kernel, type KernelTable } from './kernel';
import { product, withDims } from './strided';

/**
 * Along one axis from opset 13 on (default: the last); before that over everything from `axis` (default 1) to the
 * end, seen as one matrix.
 */
function overLines(apply: (line: Float64Array) => Float64Array): Kernel {
  return (call) => {
    const x = input(call, 0);
    const modern = call.opset >= 13;
    const given = intAttribute(call.node, 'axis', modern ? -1 : 1);
    const axis = normalizeAxis(call.node, given, x.dims.length);
    if (modern) return [mapAxis(x, axis, x.dims[axis] as number, apply)];
    const columns = product(x.dims, axis);
    const matrix = withDims(x, [product(x.dims, 0, axis), columns]);
    return [withDims(mapAxis(matrix, 1, columns, apply), x.dims)];
  };
}

/** Σ eˣ with the largest x taken out, which cancels in the quotient. */
function shiftedSum(line: Float64Array): readonly [most: number, sum: number] {
  const most = line.reduce((a, b) => Math.max(a, b), -Infinity);
  return [most, line.reduce((sum, x) => sum + Math.exp(x - most), 0)];
}

function softmax(line: Float64Array): Float64Array {
  const [most, sum] = shiftedSum(line);
  return line.map((x) => Math.exp(x - most) / sum);
}

function logSoftmax(line: Float64Array): Float64Array {
  const [most, sum] = shiftedSum(line);
  return line.map((x) => x - most - Math.log(sum));
}

/** 1 at the first largest element. */
function hardmax(line: Float64Array): Float64Array {
  const [most] = shiftedSum(line);
  const hot = line.indexOf(most);
  return line.map((_, i) => (i === hot ? 1 : 0));
}

export const softmaxKernels: KernelTable = {
  Softmax: overLines(softmax),
  LogSoftmax: overLines(logSoftmax),
  Hardmax: overLines(hardmax),
};
