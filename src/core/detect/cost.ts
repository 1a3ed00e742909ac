import { convGeometry } from '../algebra/kernel/mergedConv';
import { kernelSize, type Geometry } from '../algebra/geometry/geometry';
import { elementCount } from '../tensor/tensor';
import { intAttribute, intsAttribute } from '../ir/attributes';
import type { Dim, Node } from '../ir/model';
import { isConstant, typeOf, variableInputs, type Analysis } from './analysis';
import type { Cost, Region } from './block';

/**
 * What a region costs and what its merged convolution would cost: a roofline in one number,
 *
 *     work = multiply-accumulates + BALANCE · (tensor elements moved + weights read)
 *
 * Moving one element takes a CPU or GPU about as long as BALANCE multiply-accumulates.
 */
const BALANCE = 16;

/** Stands for a spatial size that the model leaves open: a middle layer of an image network. */
const NOMINAL_SIZE = 56;

export interface Work {
  readonly cost: Cost;
  readonly work: number;
}

/** The region as it stands; `dead` nodes go with it and count as nodes only when they compute on images. */
export function regionWork(analysis: Analysis, region: Region): Work {
  let macs = 0;
  let moved = 0;
  let known = true;
  const weights = new Set<string>();
  for (const node of region.nodes) {
    const output = imageElements(typeOf(analysis, node.outputs[0] ?? '')?.dims);
    known &&= output.known;
    macs += output.elements * macsPerElement(analysis, node);
    moved += output.elements;
    for (const input of variableInputs(analysis, node))
      moved += imageElements(typeOf(analysis, input)?.dims).elements;
    for (const input of node.inputs) {
      if (input !== '' && isConstant(analysis, input)) collectWeights(analysis, input, weights);
    }
  }
  const params = [...weights].reduce((total, name) => total + floatElements(analysis, name), 0);
  const cost = { nodes: region.nodes.length, params, macs: known ? macs : null };
  return { cost, work: macs + BALANCE * (moved + params) };
}

/** One convolution of the given geometry from the region's source to its sink. */
export function mergedWork(analysis: Analysis, region: Region, operator: Geometry): Work {
  const { geometry } = convGeometry(operator);
  const source = imageElements(typeOf(analysis, region.source)?.dims);
  const sink = imageElements(typeOf(analysis, region.sink)?.dims);
  const steps = (geometry.transposed?.strides ?? []).reduce((product, stride) => product * stride, 1);
  const perElement = kernelSize(geometry) / (geometry.outChannels * steps);
  const params = kernelSize(geometry) + geometry.outChannels;
  const macs = sink.elements * perElement;
  const known = source.known && sink.known;
  return {
    cost: { nodes: 1, params, macs: known ? macs : null },
    work: macs + BALANCE * (source.elements + sink.elements + params),
  };
}

/** Elements of [N, C, …spatial] for a batch of one. */
function imageElements(dims: readonly Dim[] | null | undefined): {
  readonly elements: number;
  readonly known: boolean;
} {
  if (!dims) return { elements: NOMINAL_SIZE ** 2, known: false };
  let elements = 1;
  let known = true;
  for (const dim of dims.slice(1)) {
    if (typeof dim !== 'number') known = false;
    elements *= typeof dim === 'number' ? dim : NOMINAL_SIZE;
  }
  return { elements, known };
}

function macsPerElement(analysis: Analysis, node: Node): number {
  const weight = analysis.facts.constants.get(node.inputs[1] ?? '');
  if (weight === undefined) return 1;
  if (node.opType === 'Conv') return elementCount(weight.dims.slice(1));
  if (node.opType === 'ConvTranspose') {
    // each input element is spread over the kernel: per output element, the taps over the steps between inputs
    const steps = (intsAttribute(node, 'strides') ?? []).reduce((product, stride) => product * stride, 1);
    const groups = intAttribute(node, 'group', 1);
    return elementCount(weight.dims) / ((weight.dims[1] ?? 1) * groups * steps);
  }
  if (node.opType === 'MatMul') return weight.dims[0] ?? 1;
  if (node.opType === 'Gemm') return weight.dims[intAttribute(node, 'transB', 0) === 0 ? 0 : 1] ?? 1;
  return 1;
}

/** The model's own tensors behind a constant: itself, or what it was folded from. */
function collectWeights(analysis: Analysis, constant: string, weights: Set<string>): void {
  const stack = [constant];
  const seen = new Set<string>();
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value === '' || seen.has(value) || !isConstant(analysis, value)) continue;
    seen.add(value);
    const node = analysis.index.producer.get(value);
    if (node === undefined || node.opType === 'Constant') weights.add(value);
    else stack.push(...node.inputs);
  }
}

function floatElements(analysis: Analysis, name: string): number {
  const tensor = analysis.facts.constants.get(name);
  return tensor?.dtype.includes('float') === true ? elementCount(tensor.dims) : 0;
}
