import type { DescField } from '@bufbuild/protobuf';
import type { Chunk } from '../ports';
import { lazyChunk } from './chunks';
import { dataTypeOf, dtypeOf } from './dataTypes';
import { shallowClone, type SplitTensor, type TensorSplitter } from './messageChunks';
import { TensorProto_DataLocation, TensorProtoSchema, type TensorProto } from './schema/onnx_pb';
import type { SizedBytes } from './source';
import { typedBytes } from './typedData';

/** Which tensors are written apart from their message, and where to. */

/** Smaller tensors are encoded with the message around them: a chunk of their own would cost more than the copy. */
const SPLIT_BYTES = 1024;

/** External data begins at multiples of a page, so that it can be mapped. */
const ALIGNMENT = 4096;

/** The raw elements of a tensor that are not in its message: computed for it, or read from the source's external data. */
export type ElementsOf = (tensor: TensorProto) => SizedBytes | null;

const FIELD = { floatData: 4, rawData: 9, doubleData: 10 } as const;

/** All elements inline. */
export function inlineSplitter(elementsOf: ElementsOf): TensorSplitter {
  return (tensor) => {
    const apart = elementsOf(tensor);
    if (apart !== null) {
      const elements = lazyChunk(apart.byteLength, () => piecesOf(apart), tensor.name);
      return { head: withoutElements(tensor), field: FIELD.rawData, elements };
    }
    if (tensor.rawData.length >= SPLIT_BYTES) {
      return { head: withoutElements(tensor), field: FIELD.rawData, elements: tensor.rawData };
    }
    return packedList(tensor);
  };
}

function piecesOf(elements: SizedBytes): Iterable<Uint8Array> {
  return elements.pieces?.() ?? [elements.bytes()];
}

/** A long list of floats: packed in protobuf it is just the elements, so that it need not be encoded in one piece. */
function packedList(tensor: TensorProto): SplitTensor | null {
  for (const [list, dtype, size] of [
    ['floatData', 'float32', 4],
    ['doubleData', 'float64', 8],
  ] as const) {
    const byteLength = tensor[list].length * size;
    if (byteLength < SPLIT_BYTES || tensor.dataType !== (dataTypeOf(dtype) as number)) continue;
    const elements = lazyChunk(byteLength, () => [typedBytes(tensor, dtype)], tensor.name);
    return { head: withoutElements(tensor), field: FIELD[list], elements };
  }
  return null;
}

/**
 * Initializers of at least `threshold` bytes go to the file `location`; the rest inline.
 * `external` receives that file's chunks.
 */
export function externalSplitter(
  elementsOf: ElementsOf,
  location: string,
  threshold: number,
  external: Chunk[],
): TensorSplitter {
  const inline = inlineSplitter(elementsOf);
  let offset = 0;
  return (tensor, field) => {
    const elements = isInitializer(field) ? rawElements(tensor, elementsOf) : null;
    if (elements === null || elements.byteLength < threshold) return inline(tensor, field);
    const padding = (ALIGNMENT - (offset % ALIGNMENT)) % ALIGNMENT;
    if (padding > 0) external.push(new Uint8Array(padding));
    external.push(elements);
    const start = offset + padding;
    offset = start + elements.byteLength;
    return { head: externalHead(tensor, location, start, elements.byteLength), field: null, elements };
  };
}

function isInitializer(field: DescField): boolean {
  return field.parent.typeName === 'onnx.GraphProto' && field.name === 'initializer';
}

function rawElements(tensor: TensorProto, elementsOf: ElementsOf): Chunk | null {
  const apart = elementsOf(tensor);
  if (apart !== null) return lazyChunk(apart.byteLength, () => piecesOf(apart), tensor.name);
  if (tensor.rawData.length > 0) return tensor.rawData;
  const list = packedList(tensor);
  return list === null || dtypeOf(tensor.dataType) === 'other' ? null : list.elements;
}

function externalHead(tensor: TensorProto, location: string, offset: number, length: number): TensorProto {
  const head = withoutElements(tensor);
  const entries = { location, offset: String(offset), length: String(length) };
  head.externalData = Object.entries(entries).map(([key, value]) => ({
    $typeName: 'onnx.StringStringEntryProto',
    key,
    value,
  }));
  head.dataLocation = TensorProto_DataLocation.EXTERNAL;
  return head;
}

/** The tensor's name, type, shape and notes. */
function withoutElements(tensor: TensorProto): TensorProto {
  const head = shallowClone(TensorProtoSchema, tensor);
  for (const field of ['rawData', 'dataLocation'] as const) Reflect.deleteProperty(head, field);
  return Object.assign(head, { externalData: [], floatData: [], doubleData: [] });
}
