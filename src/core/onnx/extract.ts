import { create } from '@bufbuild/protobuf';
import { valuesRead } from '../ir/graphIndex';
import type { Graph, Model, Node, ValueInfo } from '../ir/model';
import { raise } from '../result';
import { joinChunks } from './chunks';
import { encodeOnnx } from './encode';
import { shallowClone } from './messageChunks';
import { newSource } from './newSource';
import { GraphProtoSchema, ModelProtoSchema } from './schema/onnx_pb';
import { onnxSource, type OnnxSource } from './source';

/**
 * A part of a model as an ONNX file of its own: all nodes and initializers that `outputs` need, computed from `inputs`,
 * which may be any values of the graph. What the file says of the sizes of inner values is left out, so that the part runs
 * at any size that its nodes take.
 * @throws ProblemError `bad-input` where the part needs a graph input that is not among `inputs`.
 */
export function extractOnnx(
  model: Model,
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
): Uint8Array {
  const source = onnxSource(model) ?? newSource(model);
  const graph = part(model.graph, inputs, outputs);
  const proto = shallowClone(ModelProtoSchema, source.proto);
  proto.graph = create(GraphProtoSchema, { name: graph.name });
  const bare: OnnxSource = { ...source, proto };
  return joinChunks(encodeOnnx({ ...model, format: 'onnx', graph, source: bare }).main);
}

function part(graph: Graph, inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): Graph {
  const given = new Set(inputs.map((input) => input.name));
  const nodes = neededNodes(graph, outputs, given);
  const read = new Set<string>(outputs.map((output) => output.name));
  for (const node of nodes) for (const value of valuesRead(node)) read.add(value);
  const missing = graph.inputs.find(
    ({ name }) => read.has(name) && !given.has(name) && !graph.initializers.has(name),
  );
  if (missing !== undefined)
    raise('bad-input', `The part of the model also needs the input "${missing.name}".`);
  const initializers = [...graph.initializers].filter(([name]) => read.has(name) && !given.has(name));
  return {
    name: graph.name,
    inputs,
    outputs,
    nodes,
    initializers: new Map(initializers),
    overridable: new Set(),
    valueTypes: new Map(),
  };
}

/** In the graph's own order. */
function neededNodes(
  graph: Graph,
  outputs: readonly ValueInfo[],
  given: ReadonlySet<string>,
): readonly Node[] {
  const producer = new Map<string, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producer.set(output, node);
  const needed = new Set<Node>();
  const open = outputs.map((output) => output.name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = given.has(name) || name === '' ? undefined : producer.get(name);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    open.push(...valuesRead(node));
  }
  return graph.nodes.filter((node) => needed.has(node));
}
