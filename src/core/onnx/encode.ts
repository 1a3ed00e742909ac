import { create } from '@bufbuild/protobuf';
import type { Model, ModelFunction } from '../ir/model';
import type { Chunk } from '../ports';
import { raise } from '../result';
import { chunksLength } from './chunks';
import { OPSETS_SINCE } from './decode';
import { normalDomain } from './decodeNode';
import { elementsApart, type EncodeContext } from './encodeContext';
import { encodeFunction, encodeGraph } from './encodeGraph';
import { messageChunks, shallowClone } from './messageChunks';
import { newSource } from './newSource';
import {
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  type FunctionProto,
  type ModelProto,
  type OperatorSetIdProto,
} from './schema/onnx_pb';
import { onnxSource } from './source';
import { externalSplitter, inlineSplitter } from './splitTensor';

export interface EncodeOptions {
  /** The name of a data file beside the model: large initializers go there. */
  readonly externalDataFile?: string;
  /** The same, but only for a model that is too large for one file. */
  readonly overflowFile?: string;
  /** Bytes from which on an initializer is large; 1024 unless told. */
  readonly externalThreshold?: number;
  /** Bytes from which on a model is too large for one file; protobuf's own limit less a margin unless told. */
  readonly inlineLimit?: number;
}

export interface EncodedModel {
  readonly main: readonly Chunk[];
  /** Content of the data file; empty: none is needed. */
  readonly external: readonly Chunk[];
}

/** Protobuf's limit for a message, 2^31 − 1 bytes, less a margin. */
const INLINE_LIMIT = 2 ** 31 - 2 ** 20;
const EXTERNAL_THRESHOLD = 1024;

/**
 * Writes a model as lists of chunks; one of another format becomes a file of its own. All that the IR does not know of (unknown fields,
 * metadata, notes, training graphs) is written as it was read; initializers of the file are views of its bytes, new
 * ones are computed when the writer reaches them. External data is written inline where the model stays small enough.
 * @throws ProblemError `failed` for a model that is too large for one file and no other was named.
 */
export function encodeOnnx(model: Model, options: EncodeOptions = {}): EncodedModel {
  const source = onnxSource(model) ?? newSource(model);
  const context: EncodeContext = {
    irVersion: Number(source.proto.irVersion),
    records: source.records,
    computed: new Map(),
  };
  const proto = encodeModelProto(model, source.proto, context);
  const elementsOf = (tensor: Parameters<typeof elementsApart>[0]) => elementsApart(tensor, context);
  if (options.externalDataFile === undefined) {
    const main = messageChunks(ModelProtoSchema, proto, inlineSplitter(elementsOf));
    if (chunksLength(main) <= (options.inlineLimit ?? INLINE_LIMIT)) return { main, external: [] };
  }
  const location = options.externalDataFile ?? options.overflowFile;
  if (location === undefined) {
    return raise('failed', 'The model is too large for one file; name a file for its external data.');
  }
  const external: Chunk[] = [];
  const threshold = options.externalThreshold ?? EXTERNAL_THRESHOLD;
  const splitter = externalSplitter(elementsOf, location, threshold, external);
  return { main: messageChunks(ModelProtoSchema, proto, splitter), external };
}

function encodeModelProto(model: Model, before: ModelProto, context: EncodeContext): ModelProto {
  const proto = shallowClone(ModelProtoSchema, before);
  proto.graph = encodeGraph(model.graph, before.graph ?? null, context);
  proto.functions = model.functions.map((fn) => encodeFunction(fn, functionBefore(fn, before), context));
  proto.opsetImport = encodeOpsets(model.opsets, before);
  return proto;
}

function functionBefore(fn: ModelFunction, before: ModelProto): FunctionProto | null {
  const found = before.functions.find(
    ({ domain, name, overload }) =>
      normalDomain(domain) === fn.domain && name === fn.name && overload === fn.overload,
  );
  return found ?? null;
}

function encodeOpsets(
  opsets: ReadonlyMap<string, number>,
  { opsetImport: before, irVersion }: ModelProto,
): OperatorSetIdProto[] {
  const left = new Map(opsets);
  const kept = before.filter(({ domain, version }) => left.get(normalDomain(domain)) === Number(version));
  for (const { domain } of kept) left.delete(normalDomain(domain));
  // a file before IR version 3 may say none: nothing is added to it
  if (before.length === 0 && Number(irVersion) < OPSETS_SINCE) return [];
  const added = [...left].map(([domain, version]) =>
    create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
  );
  return [...kept, ...added];
}
