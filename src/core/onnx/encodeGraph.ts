import { create } from '@bufbuild/protobuf';
import { indexGraph } from '../ir/graphIndex';
import type { Graph, ModelFunction, ValueInfo } from '../ir/model';
import type { DType } from '../tensor/dtype';
import { OVERRIDABLE_SINCE } from './decodeGraph';
import { dataTypeOf } from './dataTypes';
import { encodeTensor, type EncodeContext } from './encodeContext';
import { encodeNode } from './encodeNode';
import { shallowClone } from './messageChunks';
import {
  FunctionProtoSchema,
  GraphProtoSchema,
  ValueInfoProtoSchema,
  type FunctionProto,
  type GraphProto,
  type TensorProto,
  type ValueInfoProto,
} from './schema/onnx_pb';

/**
 * The message of a graph: the file's own when nothing changed, else a copy of `base` (what it was in the file) with
 * the IR's nodes in topological order, its inputs, outputs and initializers. What the file says of values that are
 * gone goes with them.
 */
export function encodeGraph(graph: Graph, base: GraphProto | null, context: EncodeContext): GraphProto {
  const known = context.records.graphs.get(graph);
  if (known !== undefined) return known;
  const before = base ?? create(GraphProtoSchema);
  const proto = shallowClone(GraphProtoSchema, before);
  const gone = valuesGone(before, graph);
  proto.name = graph.name;
  proto.node = indexGraph(graph).order.map((node) => encodeNode(node, encodeGraph, context));
  proto.initializer = encodeInitializers(graph, before, context);
  proto.sparseInitializer = before.sparseInitializer.filter(({ values }) =>
    graph.initializers.has(values?.name ?? ''),
  );
  proto.input = encodeInputs(graph, before, context);
  proto.output = graph.outputs.map((output) => encodeValue(output, context));
  proto.valueInfo = before.valueInfo.filter(
    // what the IR no longer says of a value (a batch that was opened) is not said in the file either
    ({ name, type }) => !gone.has(name) && (graph.valueTypes.has(name) || type?.value.case !== 'tensorType'),
  );
  proto.quantizationAnnotation = before.quantizationAnnotation.filter(
    ({ tensorName }) => !gone.has(tensorName),
  );
  return proto;
}

/** As `encodeGraph`, for a function; `base` is null for one that the file does not have. */
export function encodeFunction(
  fn: ModelFunction,
  base: FunctionProto | null,
  context: EncodeContext,
): FunctionProto {
  const known = context.records.functions.get(fn);
  if (known !== undefined) return known;
  const { domain, name, overload } = fn;
  const proto =
    base === null
      ? create(FunctionProtoSchema, { domain, name, overload })
      : shallowClone(FunctionProtoSchema, base);
  proto.input = [...fn.inputs];
  proto.output = [...fn.outputs];
  proto.node = fn.nodes.map((node) => encodeNode(node, encodeGraph, context));
  return proto;
}

function encodeInitializers(graph: Graph, before: GraphProto, context: EncodeContext): TensorProto[] {
  const sparse = new Set(before.sparseInitializer.map(({ values }) => values?.name));
  const left = new Map([...graph.initializers].filter(([name]) => !sparse.has(name)));
  const protos: TensorProto[] = [];
  for (const proto of before.initializer) {
    const tensor = left.get(proto.name);
    if (tensor === undefined || context.records.tensors.get(tensor) !== proto) continue;
    protos.push(proto);
    left.delete(proto.name);
  }
  for (const [name, tensor] of left) protos.push(encodeTensor(tensor, name, context));
  return protos;
}

function encodeInputs(graph: Graph, before: GraphProto, context: EncodeContext): ValueInfoProto[] {
  const inputs = graph.inputs.map((input) => encodeValue(input, context));
  if (context.irVersion >= OVERRIDABLE_SINCE) return inputs;
  // before that version every initializer is listed among the inputs, and not among the IR's
  const listed = new Set(graph.inputs.map(({ name }) => name));
  const inFile = new Map(before.input.map((input) => [input.name, input]));
  for (const [name, { dtype, dims }] of graph.initializers) {
    if (!listed.has(name)) inputs.push(inFile.get(name) ?? newValue({ name, type: { dtype, dims } }));
  }
  return inputs;
}

function encodeValue(value: ValueInfo, context: EncodeContext): ValueInfoProto {
  return context.records.values.get(value) ?? newValue(value);
}

function newValue({ name, type }: ValueInfo): ValueInfoProto {
  const proto = create(ValueInfoProtoSchema, { name });
  if (type === null) return proto;
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: { case: 'tensorType', value: { elemType: elementType(type.dtype), ...shapeOf(type.dims) } },
    },
  });
}

function elementType(dtype: DType): number {
  return dataTypeOf(dtype);
}

function shapeOf(dims: readonly (number | string | null)[] | null) {
  if (dims === null) return {};
  const dim = dims.map((size) => {
    if (size === null) return {};
    return typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: size } };
  });
  return { shape: { dim } };
}

/** Names that the file's graph defines and the new one does not. */
function valuesGone(before: GraphProto, graph: Graph): ReadonlySet<string> {
  const gone = new Set<string>();
  for (const node of before.node) for (const output of node.output) gone.add(output);
  for (const { name } of before.initializer) gone.add(name);
  for (const { name } of before.input) gone.add(name);
  for (const node of graph.nodes) for (const output of node.outputs) gone.delete(output);
  for (const name of graph.initializers.keys()) gone.delete(name);
  for (const { name } of graph.inputs) gone.delete(name);
  return gone;
}
