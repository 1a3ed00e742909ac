import { fromBinary } from '@bufbuild/protobuf';
import type { Graph, Model, ModelFunction } from '../ir/model';
import type { CompanionFiles } from '../ports';
import { attempt, fail, raise, type Result } from '../result';
import type { DecodeContext } from './decodeContext';
import { decodeGraph } from './decodeGraph';
import { decodeAttributes, decodeNode, normalDomain } from './decodeNode';
import { Companions } from './externalData';
import { NodeNames, nodesWithin } from './nodeNames';
import { ModelProtoSchema, type FunctionProto, type GraphProto, type ModelProto } from './schema/onnx_pb';
import { printableSentence } from './printableSentence';
import { foreignFormat } from './sniff';
import { emptyRecords, type OnnxSource } from './source';
import { validateFunction, validateGraphTree } from './validateModel';
import { ValueNames } from './valueNames';
import { checkWire } from './wire';

export interface DecodeOptions {
  /** Named at the head of every problem. */
  readonly fileName: string;
  /** Where external data is read from. */
  readonly companions: CompanionFiles;
  /** See `DecodeContext`. */
  readonly touch?: (view: Uint8Array) => void;
}

/** Before this IR version a file need not say its operator set; it means version 1. */
export const OPSETS_SINCE = 3;

/**
 * Decodes an ONNX file. Raw weights stay views of `bytes`, which must not change afterwards; external data is
 * checked now (there, inside the folder, long enough) and read when a tensor's `bytes()` is called.
 * The problem of bad input names the file and the byte, tensor or node at fault.
 */
export function decodeOnnx(bytes: Uint8Array, options: DecodeOptions): Result<Model> {
  const result = attempt(() => decodeModel(readProto(bytes), options));
  if (result.ok) return result;
  return fail(result.problem.code, `${options.fileName}: ${printableSentence(result.problem.message)}`);
}

function readProto(bytes: Uint8Array): ModelProto {
  if (bytes.length === 0) raise('bad-input', 'The file is empty; export or download it again.');
  const foreign = foreignFormat(bytes);
  if (foreign !== null) raise('bad-input', `The file is no model but looks like ${foreign}.`);
  checkWire(bytes, ModelProtoSchema);
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    // whatever the decoder trips over in bytes that passed the walk is the file's fault, not the program's
    const reason = error instanceof Error ? error.message : String(error);
    return raise(
      'bad-input',
      `The file is damaged or no ONNX model (${reason}); download or export it again.`,
    );
  }
}

function decodeModel(proto: ModelProto, { companions, touch = () => undefined }: DecodeOptions): Model {
  if (proto.graph === undefined)
    raise('bad-input', 'The file holds no graph, so it is no ONNX model; export it again.');
  const context: DecodeContext = {
    irVersion: Number(proto.irVersion),
    companions: new Companions(companions),
    touch,
    records: emptyRecords(),
    values: new ValueNames(),
    names: new NodeNames(nodesWithin(proto.graph.node)),
    decodeGraph,
  };
  const opsets = decodeOpsets(proto);
  const graph = decodeMainGraph(proto.graph, context);
  const functions = proto.functions.map((fn) => decodeFunction(fn, context));
  checkOpsets(graph, opsets);
  validateGraphTree(graph);
  functions.forEach(validateFunction);
  const source: OnnxSource = { kind: 'onnx', proto, records: context.records };
  const producer = `${proto.producerName} ${proto.producerVersion}`.trim();
  return { format: 'onnx', graph, functions, opsets, producer, source };
}

function decodeMainGraph(proto: GraphProto, context: DecodeContext): Graph {
  const graph = decodeGraph(proto, context);
  if (graph.outputs.length === 0)
    raise('bad-input', 'The graph has no output, so there is nothing to compute; export it again.');
  return graph;
}

function decodeFunction(proto: FunctionProto, outer: DecodeContext): ModelFunction {
  const context: DecodeContext = { ...outer, names: new NodeNames(nodesWithin(proto.node)) };
  const fn: ModelFunction = {
    domain: normalDomain(proto.domain),
    name: proto.name,
    overload: proto.overload,
    inputs: proto.input,
    outputs: proto.output,
    attributeDefaults: decodeAttributes(proto.attributeProto, proto.name, context),
    nodes: proto.node.map((node, position) => decodeNode(node, position, context)),
  };
  context.records.functions.set(fn, proto);
  return fn;
}

function decodeOpsets(proto: ModelProto): ReadonlyMap<string, number> {
  if (proto.opsetImport.length > 0) {
    return new Map(proto.opsetImport.map(({ domain, version }) => [normalDomain(domain), Number(version)]));
  }
  if (proto.irVersion < BigInt(OPSETS_SINCE)) return new Map([['', 1]]);
  return raise(
    'bad-input',
    'The file says no operator set version (opset_import), so its nodes mean nothing; export it again.',
  );
}

function checkOpsets(graph: Graph, opsets: ReadonlyMap<string, number>): void {
  const standard = graph.nodes.find((node) => node.domain === '');
  if (standard === undefined || opsets.has('')) return;
  raise(
    'bad-input',
    `Node "${standard.name}" (${standard.opType}) is of the standard operator set, whose version the file does not say; export it again.`,
  );
}
