import { floatAttribute, intAttribute, stringAttribute } from '../../ir/attributes';
import type { Dim, Node } from '../../ir/model';
import { elementCount } from '../../tensor/tensor';
import { isConstant, type Analysis } from '../analysis';
import { isPlainRows, ONE, sampleDims, type Coefficients } from './coefficients';
import { dimsOf, isRelabel, knownProduct, listOf, sameSizes } from './relabel';

/** A stretch of a stored tensor: element i is the tensor's element start + i·step. */
export interface Stretch {
  readonly tensor: string;
  readonly start: number;
  readonly step: number;
}

/**
 * A tensor that the attention mixes from a bank for each sample: Σ_k a_k·row_k + Σ rest, `size` elements a sample, the
 * samples one after the other.
 */
export interface Mixture {
  readonly kind: 'mixture';
  readonly head: string;
  readonly rows: ReadonlyMap<number, Stretch>;
  readonly rest: readonly Stretch[];
  readonly size: number;
  /** The coefficients as rows [N, K] in the head's order, where the graph has them so. */
  readonly operand: string | null;
  /** Multiplied by the coefficients but not yet summed over axis 1, K long. */
  readonly open: boolean;
}

/** Coefficients × bank: MatMul, Gemm, Einsum, or the products of Mul that a ReduceSum adds up later. */
export function mixedBank(
  analysis: Analysis,
  node: Node,
  coefficients: Coefficients,
  place: number,
): Mixture | null {
  const input = node.inputs[place] ?? '';
  const other = node.inputs[1 - place] ?? '';
  const { places } = coefficients;
  const distinct = new Set(places).size === places.length && !places.includes(ONE);
  if (!isConstant(analysis, other) || !distinct) return null;
  const operand = isPlainRows(coefficients) ? input : null;
  const bank = analysis.read(other).dims;
  switch (node.opType) {
    case 'MatMul':
      return place === 0 && endsInAll(coefficients)
        ? rowBank(coefficients, other, bank, bank.length - 2, operand)
        : null;
    case 'Gemm':
      return place === 0 ? gemmBank(analysis, node, coefficients, other, bank, operand) : null;
    case 'Mul':
      return openBank(analysis, node, coefficients, other, bank, operand);
    case 'Einsum':
      return einsumFits(node, place, bank.length) ? rowBank(coefficients, other, bank, 0, operand) : null;
    default:
      return null;
  }
}

/** The last axis holds all K of a sample. */
function endsInAll(coefficients: Coefficients): boolean {
  const { dims, batchAxis, places } = coefficients;
  return batchAxis !== dims.length - 1 && dims[dims.length - 1] === places.length;
}

/** Bank [1, …, 1, K, …] with K on `axis`: row k is one stretch. */
function rowBank(
  { head, places }: Coefficients,
  tensor: string,
  dims: readonly number[],
  axis: number,
  operand: string | null,
): Mixture | null {
  if (axis < 0 || dims[axis] !== places.length || elementCount(dims.slice(0, axis)) !== 1) return null;
  const size = elementCount(dims) / places.length;
  const rows = new Map(places.map((place, i) => [place, { tensor, start: i * size, step: 1 }]));
  return { kind: 'mixture', head, rows, rest: [], size, operand, open: false };
}

function gemmBank(
  analysis: Analysis,
  node: Node,
  { head, places, dims }: Coefficients,
  tensor: string,
  bank: readonly number[],
  operand: string | null,
): Mixture | null {
  const transposed = intAttribute(node, 'transB', 0) !== 0;
  const plain = intAttribute(node, 'transA', 0) === 0 && floatAttribute(node, 'alpha', 1) === 1;
  const count = places.length;
  if (!plain || dims.length !== 2 || bank[transposed ? 1 : 0] !== count) return null;
  const size = elementCount(bank) / count;
  const rows = new Map(
    places.map((place, i) => [
      place,
      transposed ? { tensor, start: i, step: count } : { tensor, start: i * size, step: 1 },
    ]),
  );
  const mixture: Mixture = { kind: 'mixture', head, rows, rest: [], size, operand, open: false };
  const [, , constant = ''] = node.inputs;
  const beta = floatAttribute(node, 'beta', 1);
  if (constant === '' || beta === 0) return mixture;
  return beta === 1 ? withConstant(analysis, mixture, constant, [size]) : null;
}

/** [N, K, 1, …] × [K, …] or [1, K, …]. */
function openBank(
  analysis: Analysis,
  node: Node,
  coefficients: Coefficients,
  tensor: string,
  bank: readonly number[],
  operand: string | null,
): Mixture | null {
  const dims = dimsOf(analysis, node.outputs[0] ?? '');
  const { batchAxis, places } = coefficients;
  const rank = coefficients.dims.length;
  if (dims === null || batchAxis !== 0 || rank !== dims.length) return null;
  if (dims[1] !== places.length || coefficients.dims[1] !== places.length) return null;
  const leading = dims.length - bank.length;
  if (leading > 1 || bank[1 - leading] !== places.length || (leading === 0 && bank[0] !== 1)) return null;
  if (sampleDims(coefficients).length !== rank - 1) return null;
  const size = elementCount(bank) / places.length;
  const rows = new Map(places.map((place, i) => [place, { tensor, start: i * size, step: 1 }]));
  return { kind: 'mixture', head: coefficients.head, rows, rest: [], size, operand, open: true };
}

/** "nk,k…->n…": the bank begins with what is summed, and the rest keeps its order. */
function einsumFits(node: Node, place: number, rank: number): boolean {
  const equation = stringAttribute(node, 'equation', '').replace(/\s/g, '');
  const [inputs = '', output = ''] = equation.split('->');
  const terms = inputs.split(',');
  const [mixing = '', bank = ''] = place === 0 ? terms : [terms[1], terms[0]];
  if (terms.length !== 2 || mixing.length !== 2 || bank.length !== rank) return false;
  return bank[0] === mixing[1] && output === `${mixing[0] ?? ''}${bank.slice(1)}`;
}

/** What a node makes of a mixture: another shape, the sum over K, or the mixture and a constant. */
export function followMixture(analysis: Analysis, node: Node, mixture: Mixture): Mixture | null {
  if (mixture.open) return node.opType === 'ReduceSum' ? summed(analysis, node, mixture) : null;
  if (isRelabel(analysis, node)) return mixture;
  if (node.opType !== 'Add') return null;
  const constant = node.inputs.find((input) => isConstant(analysis, input));
  const dims = dimsOf(analysis, node.outputs[0] ?? '');
  const sample = dims?.slice(1) ?? [];
  const perSample = knownProduct(sample) === mixture.size;
  return constant !== undefined && perSample ? withConstant(analysis, mixture, constant, sample) : null;
}

function summed(analysis: Analysis, node: Node, mixture: Mixture): Mixture | null {
  const axes = listOf(analysis, node, 'axes', 1);
  return axes?.length === 1 && axes[0] === 1 ? { ...mixture, open: false } : null;
}

/** One constant for every sample, whose sizes are `sample`. */
function withConstant(
  analysis: Analysis,
  mixture: Mixture,
  constant: string,
  sample: readonly Dim[],
): Mixture | null {
  const dims = analysis.facts.constants.get(constant)?.dims;
  if (dims === undefined || !sameSizes(withoutLeadingOnes(dims), withoutLeadingOnes(sample))) return null;
  return { ...mixture, rest: [...mixture.rest, { tensor: constant, start: 0, step: 1 }] };
}

function withoutLeadingOnes(dims: readonly Dim[]): readonly Dim[] {
  const first = dims.findIndex((dim) => dim !== 1);
  return first < 0 ? [] : dims.slice(first);
}
