import { mergedConv } from '../algebra/kernel/mergedConv';
import type { TensorReader } from '../algebra/kernel/vectorExpr';
import { nameAuthority, type NameAuthority } from '../ir/nameAuthority';
import type { Attribute, Model, Node } from '../ir/model';
import { readElements, writeElements } from '../tensor/convert';
import { bytesPerElement } from '../tensor/dtype';
import type { Tensor } from '../tensor/tensor';
import type { Analysis } from '../detect/analysis';
import { collapseCalls } from './collapseCalls';
import { dynamicNodes } from './dynamic/dynamicNodes';
import { readThrough } from './readThrough';
import { sweep } from './sweep';
import type { FusionPlan, FusionStep } from './plan';

/**
 * Applies a plan: a new model in which each region is one Conv. The given model is never changed; tensors that stay are
 * the same objects, new ones are computed when somebody reads their bytes. Functions whose calls are all inlined now stay
 * in the file: they are its author's.
 */
export function applyPlan({ original, model, read }: Analysis, plan: FusionPlan): Model {
  if (plan.steps.length === 0) return original;
  const { graph } = model;
  const names = nameAuthority(graph);
  const initializers = new Map<string, Tensor>(graph.initializers);
  const removed = new Set(plan.steps.flatMap((step) => step.remove));
  const merged = new Map<string, readonly Node[]>();
  for (const step of plan.steps) {
    const made =
      'kind' in step
        ? dynamicNodes(step, names, initializers, read)
        : mergedNodes(step, names, initializers, read);
    merged.set(step.sink, made);
  }
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    if (!removed.has(node.name)) {
      nodes.push(node);
      continue;
    }
    // the merged convolution stands where the region's last node stood, behind everything that it reads
    for (const output of node.outputs) {
      const replacement = merged.get(output);
      if (replacement !== undefined) nodes.push(...replacement);
    }
  }
  const swept = collapseCalls(sweep(graph, { ...graph, nodes, initializers }), graph);
  const freed = graph.nodes.filter((node) => removed.has(node.name)).flatMap((node) => node.inputs);
  return { ...original, graph: readThrough(swept, new Set(freed)) };
}

function mergedNodes(
  step: FusionStep,
  names: NameAuthority,
  initializers: Map<string, Tensor>,
  read: TensorReader,
): readonly Node[] {
  const path = step.modulePath === '' ? step.sink : step.modulePath;
  const conv = mergedConv(step.kernel, step.dtype, read);
  const weight = names.value(`${path}.reparam.weight`);
  const bias = names.value(`${path}.reparam.bias`);
  const spatial = step.form === 'conv' || step.form === 'convtranspose';
  if (step.biased || spatial) initializers.set(bias, conv.bias);
  const node = (opType: string, inputs: readonly string[], output: string): Node => ({
    name: names.node(`${path}.reparam`),
    opType,
    domain: '',
    inputs,
    outputs: [output],
    attributes: spatial ? convAttributes(step) : NO_ATTRIBUTES,
    origin: { kind: 'new', provenance: provenance(step) },
  });
  if (spatial) {
    initializers.set(weight, conv.weight);
    return [node(step.form === 'conv' ? 'Conv' : 'ConvTranspose', [step.source, weight, bias], step.sink)];
  }
  initializers.set(weight, transposedMatrix(conv.weight));
  if (step.form === 'gemm')
    return [node('Gemm', [step.source, weight, ...(step.biased ? [bias] : [])], step.sink)];
  if (!step.biased) return [node('MatMul', [step.source, weight], step.sink)];
  const product = names.value(`${path}.reparam.product`);
  return [node('MatMul', [step.source, weight], product), node('Add', [product, bias], step.sink)];
}

const NO_ATTRIBUTES: ReadonlyMap<string, Attribute> = new Map();

function provenance(step: FusionStep): Readonly<Record<string, string>> {
  return {
    'replens.block': step.id,
    'replens.family': step.family,
    'replens.merged': step.remove.join('\n'),
  };
}

/** [outChannels, inChannels, 1…] as the right-hand matrix [inChannels, outChannels] of a product. */
function transposedMatrix(kernel: Tensor): Tensor {
  const [rows = 0, columns = 0] = kernel.dims;
  const { dtype } = kernel;
  return {
    dtype,
    dims: [columns, rows],
    bytes: () => {
      const values = readElements(dtype, kernel.bytes(), 0, rows * columns);
      const turned = new Float64Array(values.length);
      values.forEach((value, at) => (turned[(at % columns) * rows + Math.floor(at / columns)] = value));
      const bytes = new Uint8Array(values.length * bytesPerElement(dtype));
      writeElements(dtype, turned, bytes, 0);
      return bytes;
    },
  };
}

function convAttributes({ conv }: FusionStep): ReadonlyMap<string, Attribute> {
  const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
  const outputPadding: readonly (readonly [string, Attribute])[] =
    conv.outputPadding === null ? [] : [['output_padding', ints(conv.outputPadding)]];
  return new Map<string, Attribute>([
    ...outputPadding,
    ['dilations', ints(conv.axes.map((axis) => axis.dilation))],
    ['group', { kind: 'int', value: conv.group }],
    ['kernel_shape', ints(conv.axes.map((axis) => axis.kernel))],
    ['pads', ints([...conv.axes.map((axis) => axis.padBegin), ...conv.axes.map((axis) => axis.padEnd)])],
    ['strides', ints(conv.axes.map((axis) => axis.stride))],
  ]);
}
