import type { Dim, Graph, ValueInfo, ValueType } from '../ir/model';
import { raise } from '../result';
import type { Tensor } from '../tensor/tensor';
import { dtypeOf } from './dataTypes';
import type { DecodeContext } from './decodeContext';
import { decodeNode } from './decodeNode';
import { checkDims, decodeTensor } from './decodeTensor';
import type { GraphProto, SparseTensorProto, TypeProto_Tensor, ValueInfoProto } from './schema/onnx_pb';

/** From this IR version on, an initializer that is also an input is a default that a caller may override. */
export const OVERRIDABLE_SINCE = 4;

/** More elements than this (4 TB of float32) is no size of a real value. */
const MOST_ELEMENTS = 2 ** 40;

export function decodeGraph(proto: GraphProto, context: DecodeContext): Graph {
  const initializers = decodeInitializers(proto, context);
  const plain = context.irVersion < OVERRIDABLE_SINCE;
  const inputs = proto.input.filter(({ name }) => !(plain && initializers.has(name)));
  const graph: Graph = {
    name: proto.name,
    inputs: inputs.map((input) => decodeValue(input, context)),
    outputs: proto.output.map((output) => decodeValue(output, context)),
    nodes: proto.node.map((node, position) => decodeNode(node, position, context)),
    initializers,
    overridable: new Set(inputs.map(({ name }) => name).filter((name) => initializers.has(name))),
    valueTypes: decodeValueTypes(proto.valueInfo, context),
  };
  context.records.graphs.set(graph, proto);
  return graph;
}

function decodeInitializers(proto: GraphProto, context: DecodeContext): ReadonlyMap<string, Tensor> {
  const initializers = new Map<string, Tensor>();
  for (const tensor of proto.initializer) {
    if (tensor.name === '') raise('bad-input', 'An initializer has no name; export the model again.');
    initializers.set(context.values.one(tensor.name), decodeTensor(tensor, tensor.name, context));
  }
  for (const sparse of proto.sparseInitializer) {
    const name = sparse.values?.name ?? '';
    if (name === '') raise('bad-input', 'A sparse initializer has no name; export the model again.');
    initializers.set(name, sparseTensor(sparse, name));
  }
  return initializers;
}

/** Known by name and shape; its elements are carried through and not computed with. */
function sparseTensor(proto: SparseTensorProto, name: string): Tensor {
  const dims = proto.dims.map(Number);
  checkDims(dims, name);
  return {
    dtype: 'other',
    dims,
    bytes: () => raise('unsupported', `The elements of the sparse tensor "${name}" cannot be read.`),
  };
}

function decodeValue(proto: ValueInfoProto, context: DecodeContext): ValueInfo {
  const value: ValueInfo = { name: context.values.one(proto.name), type: valueType(proto) };
  context.records.values.set(value, proto);
  return value;
}

function decodeValueTypes(
  protos: readonly ValueInfoProto[],
  context: DecodeContext,
): ReadonlyMap<string, ValueType> {
  const types = new Map<string, ValueType>();
  for (const proto of protos) {
    const type = valueType(proto);
    if (type !== null) types.set(context.values.one(proto.name), type);
  }
  return types;
}

function valueType(proto: ValueInfoProto): ValueType | null {
  const type = proto.type?.value;
  if (type?.case !== 'tensorType') return null;
  const dims = decodeDims(type.value);
  const known = (dims ?? []).reduce<number>(
    (count, dim) => (typeof dim === 'number' ? count * dim : count),
    1,
  );
  if (known >= MOST_ELEMENTS) {
    const shape = (dims ?? []).map((dim) => dim ?? '?').join('×');
    raise('bad-input', `Value "${proto.name}" has the impossible shape ${shape}; export the model again.`);
  }
  return { dtype: dtypeOf(type.value.elemType), dims };
}

function decodeDims(type: TypeProto_Tensor): readonly Dim[] | null {
  if (type.shape === undefined) return null;
  return type.shape.dim.map(({ value }): Dim => {
    if (value.case === 'dimParam') return value.value === '' ? null : value.value;
    // some exporters write -1 for a size they do not know
    return value.case === 'dimValue' && value.value >= 0n ? Number(value.value) : null;
  });
}
