import { mergedConv } from '../algebra/kernel/mergedConv';
import type { TensorReader } from '../algebra/kernel/vectorExpr';
import { nameAuthority, type NameAuthority } from '../ir/nameAuthority';
import type { Attribute, Model, Node } from '../ir/model';
import type { Tensor } from '../tensor/tensor';
import { collapseCalls } from './collapseCalls';
import { sweep } from './sweep';
import type { FusionPlan, FusionStep } from './plan';

/**
 * Applies a plan: a new model in which each region is one Conv. The given model is never changed; tensors that stay are
 * the same objects, new ones are computed when somebody reads their bytes.
 * @param model the model that was analysed, its functions inlined. @param read finds a constant of that model.
 */
export function applyPlan(model: Model, plan: FusionPlan, read: TensorReader): Model {
  const { graph } = model;
  const names = nameAuthority(graph);
  const initializers = new Map<string, Tensor>(graph.initializers);
  const removed = new Set(plan.steps.flatMap((step) => step.remove));
  const merged = new Map<string, Node>();
  for (const step of plan.steps) merged.set(step.sink, mergedNode(step, names, initializers, read));
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    if (!removed.has(node.name)) {
      nodes.push(node);
      continue;
    }
    // the merged convolution stands where the region's last node stood, behind everything that it reads
    for (const output of node.outputs) {
      const replacement = merged.get(output);
      if (replacement !== undefined) nodes.push(replacement);
    }
  }
  const swept = sweep(graph, { ...graph, nodes, initializers });
  return { ...model, graph: collapseCalls(swept, graph) };
}

function mergedNode(
  step: FusionStep,
  names: NameAuthority,
  initializers: Map<string, Tensor>,
  read: TensorReader,
): Node {
  const path = step.modulePath === '' ? step.sink : step.modulePath;
  const conv = mergedConv(step.kernel, step.dtype, read);
  const weight = names.value(`${path}.reparam.weight`);
  const bias = names.value(`${path}.reparam.bias`);
  initializers.set(weight, conv.weight);
  initializers.set(bias, conv.bias);
  return {
    name: names.node(`${path}.reparam`),
    opType: 'Conv',
    domain: '',
    inputs: [step.source, weight, bias],
    outputs: [step.sink],
    attributes: convAttributes(step),
    origin: {
      kind: 'new',
      provenance: {
        'replens.block': step.id,
        'replens.family': step.family,
        'replens.merged': step.remove.join('\n'),
      },
    },
  };
}

function convAttributes({ conv }: FusionStep): ReadonlyMap<string, Attribute> {
  const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
  return new Map<string, Attribute>([
    ['dilations', ints(conv.axes.map((axis) => axis.dilation))],
    ['group', { kind: 'int', value: conv.group }],
    ['kernel_shape', ints(conv.axes.map((axis) => axis.kernel))],
    ['pads', ints([...conv.axes.map((axis) => axis.padBegin), ...conv.axes.map((axis) => axis.padEnd)])],
    ['strides', ints(conv.axes.map((axis) => axis.stride))],
  ]);
}
