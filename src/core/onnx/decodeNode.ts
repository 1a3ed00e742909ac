import type { Attribute, Node } from '../ir/model';
import type { DecodeContext } from './decodeContext';
import { decodeTensor } from './decodeTensor';
import { AttributeProto_AttributeType as Kind, type AttributeProto, type NodeProto } from './schema/onnx_pb';

/** The standard operator set has two names in files; here it has one: ''. */
export function normalDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** `position`: the node's place in its graph, from which an unnamed node gets its name. */
export function decodeNode(proto: NodeProto, position: number, context: DecodeContext): Node {
  const name = context.names.take(proto, position);
  return {
    name,
    opType: proto.opType,
    domain: normalDomain(proto.domain),
    inputs: context.values.all(proto.input),
    outputs: context.values.all(proto.output),
    attributes: decodeAttributes(proto.attribute, name, context),
    origin: { kind: 'file', ref: proto },
  };
}

/** `owner`: the node or function, named when a tensor among the attributes is faulty. */
export function decodeAttributes(
  protos: readonly AttributeProto[],
  owner: string,
  context: DecodeContext,
): ReadonlyMap<string, Attribute> {
  return new Map(protos.map((proto) => [proto.name, decodeAttribute(proto, owner, context)]));
}

function decodeAttribute(proto: AttributeProto, owner: string, context: DecodeContext): Attribute {
  const attribute = attributeValue(proto, owner, context);
  context.records.attributes.set(attribute, proto);
  return attribute;
}

function attributeValue(proto: AttributeProto, owner: string, context: DecodeContext): Attribute {
  if (proto.refAttrName !== '') return { kind: 'reference', value: proto.refAttrName };
  switch (proto.type === Kind.UNDEFINED ? kindByContent(proto) : proto.type) {
    case Kind.INT:
      return { kind: 'int', value: Number(proto.i) };
    case Kind.FLOAT:
      return { kind: 'float', value: proto.f };
    case Kind.STRING:
      return { kind: 'string', value: text(proto.s) };
    case Kind.INTS:
      return { kind: 'ints', value: proto.ints.map(Number) };
    case Kind.FLOATS:
      return { kind: 'floats', value: proto.floats };
    case Kind.STRINGS:
      return { kind: 'strings', value: proto.strings.map(text) };
    case Kind.TENSOR:
      if (proto.t === undefined) break;
      return { kind: 'tensor', value: decodeTensor(proto.t, `${owner}.${proto.name}`, context) };
    case Kind.GRAPH:
      if (proto.g === undefined) break;
      return { kind: 'graph', value: context.decodeGraph(proto.g, context) };
    case Kind.GRAPHS:
      return { kind: 'graphs', value: proto.graphs.map((graph) => context.decodeGraph(graph, context)) };
    default:
      break;
  }
  return { kind: 'other', value: null };
}

/** Files older than IR version 2 do not say the kind: the field that is filled tells it. */
function kindByContent(proto: AttributeProto): Kind {
  const has = (field: keyof AttributeProto) => Object.hasOwn(proto, field);
  if (has('f')) return Kind.FLOAT;
  if (has('i')) return Kind.INT;
  if (has('s')) return Kind.STRING;
  if (has('t')) return Kind.TENSOR;
  if (has('g')) return Kind.GRAPH;
  if (proto.floats.length > 0) return Kind.FLOATS;
  if (proto.ints.length > 0) return Kind.INTS;
  if (proto.strings.length > 0) return Kind.STRINGS;
  if (proto.graphs.length > 0) return Kind.GRAPHS;
  return Kind.UNDEFINED;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
