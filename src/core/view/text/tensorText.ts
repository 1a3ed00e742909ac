import { TensorProto_DataLocation, type TensorProto } from '../../onnx/schema/onnx_pb';
import type { OnnxSource } from '../../onnx/source';
import { readElements } from '../../tensor/convert';
import type { DType } from '../../tensor/dtype';
import { elementCount, type Tensor } from '../../tensor/tensor';
import { quoted } from './identifier';
import { float32Text, float64Text } from './numberText';
import { dtypeText, elementTypeText } from './typeText';

export interface TensorTextOptions {
  readonly source: OnnxSource | null;
  /** Tensors of no more elements than this are written out. */
  readonly inline: number;
}

/** "float[64,3,3,3]": element type and shape. */
export function tensorTypeText(tensor: Tensor, { source }: TensorTextOptions): string {
  const proto = source?.records.tensors.get(tensor);
  const dtype =
    tensor.dtype === 'other' && proto !== undefined
      ? elementTypeText(proto.dataType)
      : dtypeText(tensor.dtype);
  return dtype + (tensor.dims.length === 0 ? '' : `[${tensor.dims.join(',')}]`);
}

/**
 * The elements of a tensor: in braces for small ones; `["location": …]` for those that lie in another file; else
 * `["elided": "36864 values"]`, which is the grammar's form for external data, so that ONNX's own parser reads the text.
 */
export function tensorDataText(tensor: Tensor, options: TensorTextOptions): string {
  const count = elementCount(tensor.dims);
  const proto = options.source?.records.tensors.get(tensor);
  if (count <= options.inline) {
    const written = writtenOut(tensor, count, proto);
    if (written !== null) return written;
  }
  if (proto?.dataLocation === TensorProto_DataLocation.EXTERNAL)
    return pairs(proto.externalData.map(({ key, value }) => [key, value]));
  return pairs([['elided', `${count} values`]]);
}

/** A sparse tensor, for which the text has no form. */
export function isSparse(tensor: Tensor, { source }: TensorTextOptions): boolean {
  return tensor.dtype === 'other' && source?.records.tensors.get(tensor) === undefined;
}

/** Whether the data stands in braces: an attribute's tensor needs a name before the other form. */
export function isWrittenOut(text: string): boolean {
  return text.startsWith('{');
}

function pairs(entries: readonly (readonly [string, string])[]): string {
  return `[${entries.map(([key, value]) => `${quoted(key)}: ${quoted(value)}`).join(', ')}]`;
}

function writtenOut(tensor: Tensor, count: number, proto: TensorProto | undefined): string | null {
  // computed when somebody needs it: not for a look
  if (tensor.pieces !== undefined) return null;
  try {
    const words = elements(tensor.dtype, tensor.bytes(), count);
    return words === null ? stringsOf(proto, count) : `{${words.join(',')}}`;
  } catch {
    // external data that can't be read now: its place is shown instead
    return null;
  }
}

function stringsOf(proto: TensorProto | undefined, count: number): string | null {
  if (proto?.stringData.length !== count || count === 0) return null;
  return `{${proto.stringData.map((bytes) => quoted(new TextDecoder().decode(bytes))).join(', ')}}`;
}

/** Elements as the text has them: 16-bit floats by their bits, truth values as 0 and 1; null for types without numbers. */
function elements(dtype: DType, bytes: Uint8Array, count: number): readonly string[] | null {
  switch (dtype) {
    case 'other':
      return null;
    case 'float16':
    case 'bfloat16':
      return numbers('uint16', bytes, count).map(String);
    case 'float32':
      return numbers(dtype, bytes, count).map(float32Text);
    case 'float64':
      return numbers(dtype, bytes, count).map(float64Text);
    case 'int64':
    case 'uint64':
      return bigints(dtype, bytes, count);
    default:
      return numbers(dtype, bytes, count).map(String);
  }
}

function numbers(dtype: DType, bytes: Uint8Array, count: number): number[] {
  return [...readElements(dtype, bytes, 0, count)];
}

/** 64-bit integers in full. */
function bigints(dtype: 'int64' | 'uint64', bytes: Uint8Array, count: number): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, at) =>
    String(dtype === 'int64' ? view.getBigInt64(8 * at, true) : view.getBigUint64(8 * at, true)),
  );
}
