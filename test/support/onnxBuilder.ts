import { create, toBinary } from '@bufbuild/protobuf';
import { decodeOnnx } from '../../src/core/onnx/decode';
import { dataTypeOf } from '../../src/core/onnx/dataTypes';
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from '../../src/core/onnx/schema/onnx_pb';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from '../../src/core/onnx/schema/onnx_pb';
import type { Model } from '../../src/core/ir/model';
import type { CompanionFiles } from '../../src/core/ports';
import { raise, unwrap } from '../../src/core/result';
import { writeElements } from '../../src/core/tensor/convert';
import { bytesPerElement, type DType } from '../../src/core/tensor/dtype';

/** Small ONNX models in a few lines, for tests. */

/** Element type and dims; a string is a symbol, null an unknown size; dims null: unknown rank. */
export type TypeSpec = readonly [DType, readonly (number | string | null)[] | null];

export interface TensorSpec {
  /** float32 when left out. */
  readonly dtype?: DType;
  readonly dims: readonly number[];
  /** The elements, or a function of the flat index. */
  readonly data: ArrayLike<number> | ((index: number) => number);
}

/** Integers become `int`, other numbers `float`; wrap in `{ float }` or `{ floats }` to say so of whole numbers. */
export type AttributeSpec =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly ints: readonly number[] }
  | { readonly tensor: TensorSpec }
  | { readonly graph: GraphSpec }
  | { readonly graphs: readonly GraphSpec[] }
  /** In a function body: the caller's attribute of that name (of kind `float` unless told). */
  | { readonly ref: string; readonly type?: Kind };

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attrs?: Readonly<Record<string, AttributeSpec>>;
}

export interface GraphSpec {
  readonly name?: string;
  readonly inputs?: Readonly<Record<string, TypeSpec>>;
  readonly outputs?: Readonly<Record<string, TypeSpec>>;
  readonly initializers?: Readonly<Record<string, TensorSpec>>;
  readonly valueInfo?: Readonly<Record<string, TypeSpec>>;
  readonly nodes: readonly NodeSpec[];
}

export interface FunctionSpec {
  readonly name: string;
  readonly domain: string;
  readonly overload?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes without a default. */
  readonly attributes?: readonly string[];
  readonly attributeDefaults?: Readonly<Record<string, AttributeSpec>>;
  readonly nodes: readonly NodeSpec[];
}

export interface OnnxSpec extends GraphSpec {
  /** Version of the standard operator set; 17 when left out. */
  readonly opset?: number;
  /** Further operator sets by domain; the domains of `functions` are added at version 1. */
  readonly opsets?: Readonly<Record<string, number>>;
  /** 8 when left out. */
  readonly irVersion?: number;
  readonly producer?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly functions?: readonly FunctionSpec[];
}

/** The bytes of an ONNX file. */
export function buildOnnx(spec: OnnxSpec): Uint8Array {
  return toBinary(ModelProtoSchema, buildModelProto(spec));
}

/** The message, for tests that change it before they encode it. */
export function buildModelProto(spec: OnnxSpec): ModelProto {
  const domains = new Map<string, number>([['', spec.opset ?? 17]]);
  for (const { domain } of spec.functions ?? []) domains.set(domain, 1);
  for (const [domain, version] of Object.entries(spec.opsets ?? {})) domains.set(domain, version);
  return create(ModelProtoSchema, {
    irVersion: BigInt(spec.irVersion ?? 8),
    opsetImport: [...domains].map(([domain, version]) => ({ domain, version: BigInt(version) })),
    producerName: spec.producer ?? 'onnxBuilder',
    graph: buildGraphProto(spec),
    metadataProps: Object.entries(spec.metadata ?? {}).map(([key, value]) => ({ key, value })),
    functions: (spec.functions ?? []).map((one) => functionProto(one, spec.opset ?? 17)),
  });
}

/** Builds and decodes: the model as every later stage sees it. @throws ProblemError when it does not decode. */
export function decodeBuilt(spec: OnnxSpec): Model {
  return decodeBytes(buildOnnx(spec));
}

/** Decodes a file's bytes. @throws ProblemError when they do not decode. */
export function decodeBytes(
  bytes: Uint8Array,
  fileName = 'test.onnx',
  companions: CompanionFiles = noCompanions,
): Model {
  return unwrap(decodeOnnx(bytes, { fileName, companions }));
}

/** For models without external data. */
export const noCompanions: CompanionFiles = {
  open: (path) => raise('not-found', `The file "${path}" is missing.`),
};

export function buildGraphProto(spec: GraphSpec): GraphProto {
  return create(GraphProtoSchema, {
    name: spec.name ?? 'graph',
    input: Object.entries(spec.inputs ?? {}).map(valueInfoProto),
    output: Object.entries(spec.outputs ?? {}).map(valueInfoProto),
    valueInfo: Object.entries(spec.valueInfo ?? {}).map(valueInfoProto),
    initializer: Object.entries(spec.initializers ?? {}).map(([name, tensor]) => tensorProto(tensor, name)),
    node: spec.nodes.map(nodeProto),
  });
}

export function nodeProto(spec: NodeSpec): NodeProto {
  return create(NodeProtoSchema, {
    opType: spec.op,
    input: [...spec.inputs],
    output: [...spec.outputs],
    ...(spec.name === undefined ? {} : { name: spec.name }),
    ...(spec.domain === undefined ? {} : { domain: spec.domain }),
    attribute: Object.entries(spec.attrs ?? {}).map(([name, value]) => attributeProto(name, value)),
  });
}

export function tensorProto(spec: TensorSpec, name?: string): TensorProto {
  const { data, dims, dtype = 'float32' } = spec;
  const count = dims.reduce((product, dim) => product * dim, 1);
  const values = typeof data === 'function' ? Array.from({ length: count }, (_, i) => data(i)) : data;
  const rawData = new Uint8Array(values.length * bytesPerElement(dtype));
  writeElements(dtype, values, rawData, 0);
  return create(TensorProtoSchema, {
    ...(name === undefined ? {} : { name }),
    dims: dims.map(BigInt),
    dataType: dataTypeOf(dtype),
    rawData,
  });
}

function functionProto(spec: FunctionSpec, opset: number): FunctionProto {
  return create(FunctionProtoSchema, {
    name: spec.name,
    domain: spec.domain,
    ...(spec.overload === undefined ? {} : { overload: spec.overload }),
    input: [...spec.inputs],
    output: [...spec.outputs],
    attribute: [...(spec.attributes ?? [])],
    attributeProto: Object.entries(spec.attributeDefaults ?? {}).map(([name, value]) =>
      attributeProto(name, value),
    ),
    opsetImport: [{ domain: '', version: BigInt(opset) }],
    node: spec.nodes.map(nodeProto),
  });
}

function valueInfoProto([name, [dtype, dims]]: readonly [string, TypeSpec]): ValueInfoProto {
  const shape = dims === null ? {} : { shape: { dim: dims.map(dimension) } };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: dataTypeOf(dtype), ...shape } } },
  });
}

function dimension(dim: number | string | null) {
  if (dim === null) return {};
  return typeof dim === 'number'
    ? { value: { case: 'dimValue' as const, value: BigInt(dim) } }
    : { value: { case: 'dimParam' as const, value: dim } };
}

function attributeProto(name: string, value: AttributeSpec): AttributeProto {
  return create(AttributeProtoSchema, { name, ...attributeValue(value) });
}

function attributeValue(value: AttributeSpec) {
  const text = new TextEncoder();
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { type: Kind.INT, i: BigInt(value) } : { type: Kind.FLOAT, f: value };
  }
  if (typeof value === 'string') return { type: Kind.STRING, s: text.encode(value) };
  if ('length' in value) {
    const strings = value.filter((item) => typeof item === 'string');
    if (strings.length > 0) return { type: Kind.STRINGS, strings: strings.map((item) => text.encode(item)) };
    const numbers = value.filter((item) => typeof item === 'number');
    return numbers.every(Number.isInteger)
      ? { type: Kind.INTS, ints: numbers.map(BigInt) }
      : { type: Kind.FLOATS, floats: numbers };
  }
  if ('float' in value) return { type: Kind.FLOAT, f: value.float };
  if ('floats' in value) return { type: Kind.FLOATS, floats: [...value.floats] };
  if ('ints' in value) return { type: Kind.INTS, ints: value.ints.map(BigInt) };
  if ('tensor' in value) return { type: Kind.TENSOR, t: tensorProto(value.tensor) };
  if ('graph' in value) return { type: Kind.GRAPH, g: buildGraphProto(value.graph) };
  if ('graphs' in value) return { type: Kind.GRAPHS, graphs: value.graphs.map(buildGraphProto) };
  return { type: value.type ?? Kind.FLOAT, refAttrName: value.ref };
}
