import { bytesPerElement, type DType } from '../tensor/dtype';
import { opaqueBits } from './dataTypes';
import { TensorProto_DataType as Code, type TensorProto } from './schema/onnx_pb';

/** Elements that the file holds in a typed list of numbers instead of raw bytes. */

type TypedField = 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data' | 'stringData';

/** The list an element type uses, as the schema lays down. */
export function typedField(code: number): TypedField {
  switch (code) {
    case Code.FLOAT:
    case Code.COMPLEX64:
      return 'floatData';
    case Code.DOUBLE:
    case Code.COMPLEX128:
      return 'doubleData';
    case Code.INT64:
      return 'int64Data';
    case Code.UINT32:
    case Code.UINT64:
      return 'uint64Data';
    case Code.STRING:
      return 'stringData';
    default:
      return 'int32Data';
  }
}

/** Length of the list for `count` elements: complex numbers take two entries, 4- and 2-bit numbers share one. */
export function typedLength(code: number, count: number): number {
  if (code === Code.COMPLEX64 || code === Code.COMPLEX128) return 2 * count;
  const bits = opaqueBits(code);
  return bits !== null && bits < 8 ? Math.ceil((count * bits) / 8) : count;
}

/** The list as row-major little-endian elements: a copy. Opaque types have no elements to compute with: empty. */
export function typedBytes(proto: TensorProto, dtype: DType): Uint8Array {
  const list = proto[typedField(proto.dataType)];
  const size = bytesPerElement(dtype);
  const bytes = new Uint8Array(list.length * size);
  if (size === 0) return new Uint8Array(0);
  const view = new DataView(bytes.buffer);
  const write = writerOf(view, dtype);
  for (let i = 0; i < list.length; i++) write(i * size, list[i] as number | bigint);
  return bytes;
}

/** Copies bits: in `int32_data` a float16 or bfloat16 is its bit pattern, not its value. */
function writerOf(view: DataView, dtype: DType): (at: number, item: number | bigint) => void {
  switch (dtype) {
    case 'float32':
      return (at, item) => view.setFloat32(at, Number(item), true);
    case 'float64':
      return (at, item) => view.setFloat64(at, Number(item), true);
    case 'int64':
    case 'uint64':
      return (at, item) => view.setBigInt64(at, BigInt.asIntN(64, BigInt(item)), true);
    default:
      break;
  }
  switch (bytesPerElement(dtype)) {
    case 4:
      return (at, item) => view.setInt32(at, Number(item), true);
    case 2:
      return (at, item) => view.setInt16(at, Number(item), true);
    default:
      return (at, item) => view.setInt8(at, Number(item));
  }
}
