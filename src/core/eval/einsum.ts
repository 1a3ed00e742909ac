import { stringAttribute } from '../ir/attributes';
import { rowMajorStrides, type NdArray } from '../tensor/tensor';
import { badInput, presentInputs, unsupported, type Kernel, type KernelTable } from './kernel';
import { ndArray, product, strided } from './strided';

/** Einstein's summation convention, without "…": every label is one loop. */
const einsum: Kernel = (call) => {
  const equation = stringAttribute(call.node, 'equation', '').replace(/\s/g, '');
  if (equation.includes('.')) unsupported(call.node, `has the equation "${equation}"`);
  const arrays = presentInputs(call);
  const [left = '', right] = equation.split('->');
  const terms = left.split(',');
  const sizes = labelSizes(terms, arrays);
  if (sizes === null) badInput(call.node, `has inputs whose shapes don't fit the equation "${equation}"`);
  const kept = [...(right ?? implicitOutput(left))];
  const summed = [...sizes.keys()].filter((label) => !kept.includes(label));
  const labels = [...kept, ...summed];
  const dims = labels.map((label) => sizes.get(label) ?? 1);
  const factors = arrays.map((array, i) =>
    strided(array.data, dims, labelStrides(terms[i] ?? '', array, labels)),
  );
  const outDims = dims.slice(0, kept.length);
  const run = product(dims, kept.length);
  const out = Float64Array.from({ length: product(outDims) }, (_, i) => {
    let sum = 0;
    for (let at = i * run; at < (i + 1) * run; at++) {
      sum += factors.reduce((value, data) => value * (data[at] as number), 1);
    }
    return sum;
  });
  return [ndArray(arrays[0]?.dtype ?? 'float32', outDims, out)];
};

/** Labels that occur once, in alphabetical order. */
function implicitOutput(left: string): string {
  const letters = [...left.replace(/,/g, '')];
  return letters
    .filter((label) => letters.filter((other) => other === label).length === 1)
    .sort()
    .join('');
}

/** The size of each label; null where inputs disagree. A size of 1 broadcasts. */
function labelSizes(terms: readonly string[], arrays: readonly NdArray[]): Map<string, number> | null {
  const sizes = new Map<string, number>();
  for (const [i, term] of terms.entries()) {
    const dims = arrays[i]?.dims ?? [];
    if (dims.length !== term.length) return null;
    for (const [axis, label] of [...term].entries()) {
      const dim = dims[axis] as number;
      const other = sizes.get(label) ?? 1;
      if (other !== 1 && dim !== 1 && other !== dim) return null;
      sizes.set(label, Math.max(dim, other));
    }
  }
  return sizes;
}

/** The array's step for each loop: 0 where it has not the label, the sum where it has it twice (a diagonal). */
function labelStrides(term: string, array: NdArray, labels: readonly string[]): number[] {
  const own = rowMajorStrides(array.dims);
  return labels.map((label) =>
    [...term].reduce((sum, other, axis) => {
      return other === label && array.dims[axis] !== 1 ? sum + (own[axis] as number) : sum;
    }, 0),
  );
}

export const einsumKernels: KernelTable = { Einsum: einsum };
