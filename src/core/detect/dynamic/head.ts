import { evaluateGraph } from '../../eval/evaluateGraph';
import type { Node } from '../../ir/model';
import { ProblemError } from '../../result';
import { readElements } from '../../tensor/convert';
import { elementCount } from '../../tensor/tensor';
import { isConstant, typeOf, type Analysis } from '../analysis';
import { axisOf, constantNumbers, dataInputs, dimsOf, isRelabel, knownProduct } from './relabel';

/** What makes the attention weights of a dynamic convolution. */
export interface Head {
  /** The value with the weights, [N, …], `count` elements a sample. */
  readonly value: string;
  readonly count: number;
  readonly activation: 'softmax' | 'sigmoid' | 'other';
  /** Whether the weights of every sample add up to 1: a softmax over all of them. */
  readonly sumsToOne: boolean;
  /** The number that the logits are divided by before the activation. */
  readonly temperature: number;
  /** The node that makes them; null for an input of the model. */
  readonly node: Node | null;
}

const ACTIVATIONS: ReadonlyMap<string, Head['activation']> = new Map<string, Head['activation']>([
  ['Softmax', 'softmax'],
  ['Sigmoid', 'sigmoid'],
  ['HardSigmoid', 'sigmoid'],
]);

export function headOf(analysis: Analysis, value: string): Head | null {
  const count = knownProduct((dimsOf(analysis, value) ?? []).slice(1));
  if (count === null) return null;
  const node = analysis.index.producer.get(value) ?? null;
  const activation = (node?.domain === '' ? ACTIVATIONS.get(node.opType) : undefined) ?? 'other';
  return {
    value,
    count,
    activation,
    sumsToOne: node !== null && activation === 'softmax' && coversAll(analysis, node, count),
    temperature: activation === 'other' || node === null ? 1 : temperatureOf(analysis, node),
    node,
  };
}

/** Softmax over one axis from opset 13 on, before that over everything from `axis` to the end. */
function coversAll(analysis: Analysis, node: Node, count: number): boolean {
  const dims = dimsOf(analysis, node.outputs[0] ?? '') ?? [];
  const modern = (analysis.model.opsets.get('') ?? 1) >= 13;
  const axis = axisOf(node, modern ? -1 : 1, dims.length);
  const covered = modern ? dims[axis] : knownProduct(dims.slice(axis));
  return axis > 0 && covered === count;
}

/** Constant factors between the last layer and the activation: logits / T. */
function temperatureOf(analysis: Analysis, activation: Node): number {
  let temperature = 1;
  for (const node of logitChain(analysis, activation)) {
    const constant = node.inputs.find((input) => isConstant(analysis, input));
    const values = constant === undefined ? null : constantNumbers(analysis, constant);
    const [value = 0] = values ?? [];
    if (values?.length !== 1 || value === 0) continue;
    if (node.opType === 'Div' && node.inputs[1] === constant) temperature *= value;
    if (node.opType === 'Mul') temperature /= value;
  }
  // 1 / 30 as a float32 factor is not quite the 30 that was meant
  return Number(temperature.toPrecision(6));
}

const MAX_CHAIN = 16;
const SCALAR_OPS = new Set(['Div', 'Mul', 'Add', 'Sub']);

/** Nodes from the activation up that scale, shift or reshape the logits by constants. */
function logitChain(analysis: Analysis, activation: Node): readonly Node[] {
  const chain: Node[] = [];
  for (let value = activation.inputs[0] ?? ''; chain.length < MAX_CHAIN;) {
    const node = analysis.index.producer.get(value);
    if (node === undefined || node.domain !== '') break;
    const variable = dataInputs(analysis, node);
    const passes = SCALAR_OPS.has(node.opType) || isRelabel(analysis, node);
    if (!passes || variable.length !== 1) break;
    chain.push(node);
    value = variable[0] ?? '';
  }
  return chain;
}

/** More weights than this are not looked through for zeros. */
const MAX_LAYER = 2 ** 20;

/**
 * The weights where they provably do not depend on the input: a softmax over one element, or a last layer whose weights
 * are all zero, so that a = act(bias). Null otherwise.
 * @param batch the batch that the graph runs at.
 */
export function constantWeights(analysis: Analysis, head: Head, batch: number): Float64Array | null {
  if (head.node === null || head.activation === 'other') return null;
  if (head.sumsToOne && head.count === 1) return Float64Array.of(1);
  const chain = logitChain(analysis, head.node);
  const above = (chain[chain.length - 1] ?? head.node).inputs.find((input) => !isConstant(analysis, input));
  const layer = analysis.index.producer.get(above ?? '');
  const layerInput = layer?.inputs[0] ?? '';
  if (layer === undefined || !hasZeroWeights(analysis, layer)) return null;
  return evaluated(analysis, head, layerInput, batch);
}

function hasZeroWeights(analysis: Analysis, layer: Node): boolean {
  if (layer.domain !== '' || !['Conv', 'Gemm', 'MatMul'].includes(layer.opType)) return false;
  const weight = analysis.facts.constants.get(layer.inputs[1] ?? '');
  if (weight === undefined || isConstant(analysis, layer.inputs[0] ?? '')) return false;
  const count = elementCount(weight.dims);
  return (
    count <= MAX_LAYER && readElements(weight.dtype, weight.bytes(), 0, count).every((value) => value === 0)
  );
}

/** The weights for a zero input of the last layer, which is as good as any. */
function evaluated(analysis: Analysis, head: Head, input: string, batch: number): Float64Array | null {
  const type = typeOf(analysis, input);
  const dims = type?.dims?.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? batch : 0));
  if (type === null || dims === undefined || dims.includes(0)) return null;
  const zeros = { dtype: type.dtype, dims, data: new Float64Array(elementCount(dims)) };
  try {
    const found = evaluateGraph(analysis.model, new Map([[input, zeros]]), { outputs: [head.value] });
    const data = found.get(head.value)?.data;
    return data?.length === batch * head.count ? data.slice(0, head.count) : null;
  } catch (error) {
    // who can't be evaluated is not proved constant
    if (error instanceof ProblemError) return null;
    throw error;
  }
}
