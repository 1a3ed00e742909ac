import { raise } from '../result';
import { bytesPerElement } from '../tensor/dtype';
import { elementCount, type Tensor } from '../tensor/tensor';
import { dataTypeName, dtypeOf, opaqueBits } from './dataTypes';
import type { DecodeContext } from './decodeContext';
import { externalBytes } from './externalData';
import { TensorProto_DataLocation, TensorProto_DataType, type TensorProto } from './schema/onnx_pb';
import { typedBytes, typedField, typedLength } from './typedData';

/** What decoding one tensor needs. */
export type TensorContext = Pick<DecodeContext, 'companions' | 'records'> &
  Partial<Pick<DecodeContext, 'touch'>>;

/**
 * A tensor over the file's own bytes; they are neither copied nor read here.
 * @throws ProblemError `bad-input` when bytes and shape do not match; what is wrong with external data.
 */
export function decodeTensor(proto: TensorProto, name: string, context: TensorContext): Tensor {
  const dims = proto.dims.map(Number);
  checkDims(dims, name);
  const dtype = dtypeOf(proto.dataType);
  if (proto.dataType === (TensorProto_DataType.UNDEFINED as number)) {
    raise('bad-input', `Tensor "${name}" says no element type; export the model again.`);
  }
  const tensor: Tensor = { dtype, dims, bytes: tensorBytes(proto, name, context) };
  context.records.tensors.set(tensor, proto);
  return tensor;
}

function tensorBytes(proto: TensorProto, name: string, context: TensorContext): () => Uint8Array {
  if (proto.dataLocation !== TensorProto_DataLocation.EXTERNAL) return innerBytes(proto, name, context.touch);
  const external = externalBytes(proto, name, rawLength(proto), context);
  context.records.external.set(proto, external);
  return () => external.bytes();
}

/** @throws ProblemError for a negative size, and for more elements than can be counted. */
export function checkDims(dims: readonly number[], name: string): void {
  if (dims.some((dim) => dim < 0)) {
    raise(
      'bad-input',
      `Tensor "${name}" has a negative size in its shape ${shapeText(dims)}; export the model again.`,
    );
  }
  if (!Number.isSafeInteger(elementCount(dims))) {
    raise(
      'bad-input',
      `Tensor "${name}" has the impossible shape ${shapeText(dims)}; export the model again.`,
    );
  }
}

export function shapeText(dims: readonly number[]): string {
  return dims.length === 0 ? '[]' : dims.join('×');
}

/** Bytes that the elements take in raw form; null where that is not known (strings). */
function rawLength(proto: TensorProto): number | null {
  const count = elementCount(proto.dims.map(Number));
  const size = bytesPerElement(dtypeOf(proto.dataType));
  if (size > 0) return count * size;
  const bits = opaqueBits(proto.dataType);
  return bits === null ? null : Math.ceil((count * bits) / 8);
}

function innerBytes(proto: TensorProto, name: string, touch: TensorContext['touch']): () => Uint8Array {
  const raw = proto.rawData;
  const list = proto[typedField(proto.dataType)];
  const dims = proto.dims.map(Number);
  const type = dataTypeName(proto.dataType);
  if (list.length === 0) {
    const expected = rawLength(proto);
    if (expected !== null && raw.length !== expected) {
      mismatch(name, dims, type, `${expected} bytes`, String(raw.length));
    }
    return () => {
      touch?.(raw);
      return raw;
    };
  }
  const expected = typedLength(proto.dataType, elementCount(dims));
  if (raw.length > 0)
    raise('bad-input', `Tensor "${name}" holds its elements twice; export the model again.`);
  if (list.length !== expected) mismatch(name, dims, type, `${expected} numbers`, String(list.length));
  return () => typedBytes(proto, dtypeOf(proto.dataType));
}

function mismatch(name: string, dims: readonly number[], type: string, needed: string, held: string): never {
  raise(
    'bad-input',
    `Tensor "${name}" of shape ${shapeText(dims)} and type ${type} needs ${needed}, but the file holds ${held}; export the model again.`,
  );
}
