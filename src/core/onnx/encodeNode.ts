import { create, isMessage } from '@bufbuild/protobuf';
import type { Attribute, Graph, Node, Origin } from '../ir/model';
import { raise } from '../result';
import { encodeTensor, type EncodeContext } from './encodeContext';
import { normalDomain } from './decodeNode';
import { shallowClone } from './messageChunks';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  NodeProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
} from './schema/onnx_pb';

/** Encodes a subgraph on the base of what it was in the file, if it was there. */
export type GraphEncoder = (graph: Graph, base: GraphProto | null, context: EncodeContext) => GraphProto;

/**
 * The message of a node: the file's own when nothing changed, else a copy of it with the IR's inputs, outputs and
 * attributes; a new one, with its provenance as metadata, for a node that a fusion made.
 */
export function encodeNode(node: Node, encodeGraph: GraphEncoder, context: EncodeContext): NodeProto {
  const { origin } = node;
  const base = fileNode(origin);
  if (base === null) return newNode(node, provenance(origin), encodeGraph, context);
  if (origin.kind === 'file' && isUnchanged(node, base, context)) return base;
  const changed = shallowClone(NodeProtoSchema, base);
  setContent(changed, node, base, encodeGraph, context);
  // a node of the file keeps its name there, even none; a copy of a function's node needs one of its own
  if (origin.kind !== 'file') changed.name = node.name;
  return changed;
}

/** The message that a node was in the file, or that the function node it is a copy of was; null for a new node, and of another format. */
function fileNode(origin: Origin): NodeProto | null {
  let at = origin;
  while (at.kind === 'inlined') at = at.body.origin;
  return at.kind === 'file' && isMessage(at.ref, NodeProtoSchema) ? at.ref : null;
}

function provenance(origin: Origin): Readonly<Record<string, string>> {
  let at = origin;
  while (at.kind === 'inlined') at = at.body.origin;
  return at.kind === 'new' ? at.provenance : {};
}

function isUnchanged(node: Node, proto: NodeProto, context: EncodeContext): boolean {
  return (
    node.opType === proto.opType &&
    node.domain === normalDomain(proto.domain) &&
    sameItems(node.inputs, proto.input) &&
    sameItems(node.outputs, proto.output) &&
    node.attributes.size === new Set(proto.attribute.map(({ name }) => name)).size &&
    [...node.attributes.values()].every((attribute) => {
      const known = context.records.attributes.get(attribute);
      return known !== undefined && proto.attribute.includes(known);
    })
  );
}

function newNode(
  node: Node,
  metadata: Readonly<Record<string, string>>,
  encodeGraph: GraphEncoder,
  context: EncodeContext,
): NodeProto {
  const proto = create(NodeProtoSchema, {
    name: node.name,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  setContent(proto, node, null, encodeGraph, context);
  return proto;
}

function setContent(
  proto: NodeProto,
  node: Node,
  base: NodeProto | null,
  encodeGraph: GraphEncoder,
  context: EncodeContext,
): void {
  proto.input = [...node.inputs];
  proto.output = [...node.outputs];
  proto.opType = node.opType;
  if (node.domain !== normalDomain(proto.domain)) proto.domain = node.domain;
  proto.attribute = [...node.attributes].map(([name, attribute]) => {
    const before = base?.attribute.find((one) => one.name === name) ?? null;
    return encodeAttribute(name, attribute, before, encodeGraph, context);
  });
}

function encodeAttribute(
  name: string,
  attribute: Attribute,
  base: AttributeProto | null,
  encodeGraph: GraphEncoder,
  context: EncodeContext,
): AttributeProto {
  const known = context.records.attributes.get(attribute);
  if (known?.name === name) return known;
  if (known !== undefined) {
    // an inlined node takes over its caller's attribute, under its own name
    return Object.assign(shallowClone(AttributeProtoSchema, known), { name });
  }
  const graph = (value: Graph, before: GraphProto | undefined) => encodeGraph(value, before ?? null, context);
  const content = attributeContent(attribute, base, graph, context);
  const sameKind = base !== null && base.type === content.type && base.refAttrName === '';
  const proto = sameKind ? shallowClone(AttributeProtoSchema, base) : create(AttributeProtoSchema, { name });
  return Object.assign(proto, content);
}

function attributeContent(
  attribute: Attribute,
  base: AttributeProto | null,
  graph: (value: Graph, before: GraphProto | undefined) => GraphProto,
  context: EncodeContext,
): Partial<AttributeProto> {
  const utf8 = new TextEncoder();
  switch (attribute.kind) {
    case 'int':
      return { type: Kind.INT, i: BigInt(attribute.value) };
    case 'float':
      return { type: Kind.FLOAT, f: attribute.value };
    case 'string':
      return { type: Kind.STRING, s: utf8.encode(attribute.value) };
    case 'ints':
      return { type: Kind.INTS, ints: attribute.value.map(BigInt) };
    case 'floats':
      return { type: Kind.FLOATS, floats: [...attribute.value] };
    case 'strings':
      return { type: Kind.STRINGS, strings: attribute.value.map((text) => utf8.encode(text)) };
    case 'tensor':
      return { type: Kind.TENSOR, t: encodeTensor(attribute.value, undefined, context) };
    case 'graph':
      return { type: Kind.GRAPH, g: graph(attribute.value, base?.g) };
    case 'graphs':
      return { type: Kind.GRAPHS, graphs: attribute.value.map((one, i) => graph(one, base?.graphs[i])) };
    case 'reference':
      return { refAttrName: attribute.value };
    case 'other':
      return raise('failed', 'An attribute of a kind that is only carried through cannot be made anew.');
  }
}

function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
