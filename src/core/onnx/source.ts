import type { Attribute, Graph, Model, ModelFunction, ValueInfo } from '../ir/model';
import type { Tensor } from '../tensor/tensor';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  TensorProto,
  ValueInfoProto,
} from './schema/onnx_pb';

/**
 * What `Model.source` holds for an ONNX file: the message as it was read, and which part of it each object of the
 * IR came from. An object of the IR that is found here has not changed and is written as it stands in the file.
 */
export interface OnnxSource {
  readonly kind: 'onnx';
  readonly proto: ModelProto;
  readonly records: OnnxRecords;
}

/** The raw elements of a tensor: their size is known, they are fetched at each call. */
export interface SizedBytes {
  readonly byteLength: number;
  bytes(): Uint8Array;
  /** The same in pieces, where it is computed. */
  pieces?(): Iterable<Uint8Array>;
}

export interface OnnxRecords {
  readonly graphs: WeakMap<Graph, GraphProto>;
  readonly functions: WeakMap<ModelFunction, FunctionProto>;
  readonly attributes: WeakMap<Attribute, AttributeProto>;
  readonly values: WeakMap<ValueInfo, ValueInfoProto>;
  readonly tensors: WeakMap<Tensor, TensorProto>;
  /** The elements of the tensors that keep them in another file, in raw form. */
  readonly external: WeakMap<TensorProto, SizedBytes>;
}

export function emptyRecords(): OnnxRecords {
  return {
    graphs: new WeakMap(),
    functions: new WeakMap(),
    attributes: new WeakMap(),
    values: new WeakMap(),
    tensors: new WeakMap(),
    external: new WeakMap(),
  };
}

/** The ONNX source of a model; null when it was read from another format. */
export function onnxSource(model: Model): OnnxSource | null {
  return model.format === 'onnx' ? (model.source as OnnxSource) : null;
}
