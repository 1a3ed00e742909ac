import { intAttribute, subgraphs } from '../ir/attributes';
import { captures } from '../ir/graphIndex';
import type { Model, Node } from '../ir/model';
import { dtypeOf } from '../onnx/dataTypes';
import { isFloat } from '../tensor/dtype';

/**
 * A model without the nodes that only hand their input on (Identity, Dropout, casts between floating-point types), so that
 * two exports of one network have the same nodes. For comparison only: graph outputs, and what subgraphs read, keep their producers.
 */
export function plainModel(model: Model): Model {
  const { graph } = model;
  const kept = new Set(graph.outputs.map((output) => output.name));
  for (const node of graph.nodes)
    for (const inner of subgraphs(node)) for (const value of captures(inner)) kept.add(value);
  const producers = new Set(graph.nodes.flatMap((node) => node.outputs));
  const stands = new Map<string, string>();
  const origin = (value: string): string => {
    let current = value;
    for (let next = stands.get(current); next !== undefined; next = stands.get(current)) current = next;
    return current;
  };
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const [output = ''] = node.outputs;
    const input = origin(node.inputs[0] ?? '');
    if (!handsOn(node) || input === '') nodes.push(node);
    else if (!kept.has(output)) stands.set(output, input);
    // a graph's output keeps its name: what makes the input makes it then
    else if (producers.has(input) && !kept.has(input)) stands.set(input, output);
    else nodes.push(node);
  }
  if (stands.size === 0) return model;
  const renamed = nodes.map((node) =>
    [...node.inputs, ...node.outputs].some((value) => stands.has(value))
      ? { ...node, inputs: node.inputs.map(origin), outputs: node.outputs.map(origin) }
      : node,
  );
  return { ...model, graph: { ...graph, nodes: renamed } };
}

function handsOn(node: Node): boolean {
  if (node.domain !== '') return false;
  if (node.opType === 'Identity') return true;
  if (node.opType === 'Dropout') return node.inputs.length < 3 && node.outputs.length === 1;
  return node.opType === 'Cast' && isFloat(dtypeOf(intAttribute(node, 'to', 0)));
}
