import { create } from '@bufbuild/protobuf';
import { raise } from '../result';
import { byteLength, type Tensor } from '../tensor/tensor';
import { dataTypeOf } from './dataTypes';
import { shallowClone } from './messageChunks';
import { TensorProto_DataType, TensorProtoSchema, type TensorProto } from './schema/onnx_pb';
import type { OnnxRecords, SizedBytes } from './source';

/** What every step of encoding one model shares. */
export interface EncodeContext {
  readonly irVersion: number;
  readonly records: OnnxRecords;
  /** Elements of tensors made here, by their message. */
  readonly computed: Map<TensorProto, SizedBytes>;
}

/** The elements that are not in the message itself; null when they are. */
export function elementsApart(tensor: TensorProto, context: EncodeContext): SizedBytes | null {
  return context.computed.get(tensor) ?? context.records.external.get(tensor) ?? null;
}

/**
 * The message of a tensor: the file's own where it comes from there (a copy with the new name if it has another),
 * else a new one whose elements are computed when they are written. `name` is undefined within attributes.
 */
export function encodeTensor(tensor: Tensor, name: string | undefined, context: EncodeContext): TensorProto {
  const known = context.records.tensors.get(tensor);
  if (known === undefined) return newTensor(tensor, name, context);
  if (name === undefined || known.name === name) return known;
  const renamed = shallowClone(TensorProtoSchema, known);
  renamed.name = name;
  const elements = elementsApart(known, context);
  if (elements !== null) context.computed.set(renamed, elements);
  return renamed;
}

function newTensor(tensor: Tensor, name: string | undefined, context: EncodeContext): TensorProto {
  const dataType = dataTypeOf(tensor.dtype);
  if (dataType === TensorProto_DataType.UNDEFINED) {
    raise('failed', `The new tensor "${name ?? ''}" is of a type that cannot be written.`);
  }
  const proto = create(TensorProtoSchema, { dims: tensor.dims.map(BigInt), dataType });
  if (name !== undefined) proto.name = name;
  context.computed.set(proto, {
    byteLength: byteLength(tensor),
    bytes: () => tensor.bytes(),
    pieces: () => tensor.pieces?.() ?? [tensor.bytes()],
  });
  return proto;
}
