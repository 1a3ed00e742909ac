import type { Node } from '../../ir/model';
import { isConstant, type Analysis } from '../analysis';
import { coefficientsOf } from './coefficients';
import { headOf, type Head } from './head';
import { kernelConv } from './kernelConv';
import { mixtureAt } from './mixtureAt';
import { dataInputs, dimsOf, isRelabel } from './relabel';

/** Where a dynamic convolution may start and end: the source, the attention, and values that may be its result. */
export interface Root {
  readonly space: 'kernel' | 'feature';
  readonly head: Head;
  /** Tensors that the images may come from, the likeliest first. */
  readonly sources: readonly string[];
  /** Values behind it that a chain of single readers makes, nearest first. */
  readonly sinks: readonly string[];
}

export function roots(analysis: Analysis): readonly Root[] {
  return [...kernelRoots(analysis), ...featureRoots(analysis)];
}

/** Every Conv whose kernel is mixed from a bank. */
function kernelRoots(analysis: Analysis): readonly Root[] {
  return analysis.index.order.flatMap((node): readonly Root[] => {
    const weight = node.inputs[1] ?? '';
    if (node.opType !== 'Conv' || node.domain !== '' || isConstant(analysis, weight)) return [];
    const mixture = mixtureAt(analysis, weight);
    const found = mixture === null ? null : kernelConv(analysis, node, mixture);
    const head = mixture === null ? null : headOf(analysis, mixture.head);
    if (found === null || head === null) return [];
    return [{ space: 'kernel', head, sources: [found.source], sinks: sinksFrom(analysis, node) }];
  });
}

/** No attention of a feature-space convolution has more branches. */
const MAX_BRANCHES = 64;

/** Products of an image and the weights of a softmax or sigmoid, by the sum that they end in. */
function featureRoots(analysis: Analysis): readonly Root[] {
  return analysis.index.order.flatMap((node): readonly Root[] => {
    const head = node.domain === '' ? headOf(analysis, node.outputs[0] ?? '') : null;
    const isHead = head !== null && head.activation !== 'other' && head.count <= MAX_BRANCHES;
    return isHead ? groups(analysis, head) : [];
  });
}

interface Product {
  readonly node: Node;
  readonly image: string;
  readonly sinks: readonly string[];
}

function groups(analysis: Analysis, head: Head): readonly Root[] {
  const found = products(analysis, head);
  const roots: Root[] = [];
  const left = new Set(found);
  for (const product of found) {
    if (!left.has(product)) continue;
    const group = [...left].filter((other) => other.sinks.some((sink) => product.sinks.includes(sink)));
    for (const one of group) left.delete(one);
    const sinks = product.sinks.filter((sink) => group.every((one) => one.sinks.includes(sink)));
    const sources = sourcesOf(
      analysis,
      group.map((one) => one.image),
    );
    roots.push({ space: 'feature', head, sources, sinks });
  }
  return roots;
}

/** Products with an image of what the head's weights become by reshaping and selecting. */
function products(analysis: Analysis, head: Head): readonly Product[] {
  const found: Product[] = [];
  const seen = new Set<string>();
  const stack = [head.value];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    for (const node of analysis.index.consumers.get(value) ?? []) {
      const image = node.inputs.find((input) => input !== value && !isConstant(analysis, input));
      if (image !== undefined && isWeighting(analysis, node, value, image)) {
        found.push({ node, image, sinks: sinksFrom(analysis, node) });
      }
      for (const output of node.outputs)
        if (coefficientsOf(analysis, output)?.head === head.value) stack.push(output);
    }
  }
  const { position } = analysis.index;
  return found.sort((a, b) => (position.get(a.node) ?? 0) - (position.get(b.node) ?? 0));
}

/** One weight × an image, or several × a stack; weights per channel (squeeze and excitation) are another matter. */
function isWeighting(analysis: Analysis, node: Node, weights: string, image: string): boolean {
  if (!['Mul', 'MatMul', 'Einsum'].includes(node.opType)) return false;
  const stacked = ['Concat', 'Reshape'].includes(analysis.index.producer.get(image)?.opType ?? '');
  return stacked || coefficientsOf(analysis, weights)?.places.length === 1;
}

const MAX_CLIMB = 5;

/** The tensor that all the images come from; of a stack, those further up. */
function sourcesOf(analysis: Analysis, images: readonly string[]): readonly string[] {
  const sources: string[] = [];
  let value = analysis.dominators.nearestCommonDominator(images);
  while (value !== null && sources.length < MAX_CLIMB) {
    if (!sources.includes(value) && (dimsOf(analysis, value)?.length ?? 0) > 2) sources.push(value);
    const node = analysis.index.producer.get(value);
    if (node === undefined || images.length > 1) break;
    const inputs = dataInputs(analysis, node);
    value = inputs.length === 0 ? null : analysis.dominators.nearestCommonDominator(inputs);
  }
  return sources;
}

const MAX_SINKS = 80;
const FOLLOWED = new Set(
  'Add Sub Sum Mean Neg Mul Div BatchNormalization Identity Dropout Cast ReduceSum MatMul Einsum'.split(' '),
);

/**
 * The node's result and what linear nodes make of it, as long as each has one reader. To images in another shape it goes
 * past other readers too: a dynamic convolution that can't be replaced is one all the same.
 */
function sinksFrom(analysis: Analysis, root: Node): readonly string[] {
  const sinks: string[] = [];
  for (let node: Node | undefined = root; node !== undefined && sinks.length < MAX_SINKS;) {
    const output: string | undefined = node.outputs[0];
    if (output === undefined) break;
    sinks.push(output);
    const readers: readonly Node[] = (analysis.index.consumers.get(output) ?? []).filter(
      (reader) => reader.opType !== 'Shape',
    );
    const isAlone: boolean = readers.length === 1 && !analysis.index.outputs.has(output);
    node = readers.find(
      (reader) =>
        isRelabel(analysis, reader) ||
        (isAlone && (FOLLOWED.has(reader.opType) || reader.opType === 'Concat')),
    );
  }
  return sinks;
}
