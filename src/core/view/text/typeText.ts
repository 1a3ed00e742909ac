import type { Dim, ValueInfo, ValueType } from '../../ir/model';
import { dataTypeName } from '../../onnx/dataTypes';
import type { TypeProto, TypeProto_SparseTensor, TypeProto_Tensor } from '../../onnx/schema/onnx_pb';
import type { OnnxSource } from '../../onnx/source';
import type { DType } from '../../tensor/dtype';
import { identifier } from './identifier';

/** "float[N,64,56,56]": a tensor's type as ONNX's text has it; `float[]` where the rank is not known, `float` for a scalar. */
export function typeText({ dtype, dims }: ValueType): string {
  return dtypeText(dtype) + dimsText(dims);
}

/** The type of a graph's input or output, those that are no tensors included. */
export function valueInfoText(value: ValueInfo, source: OnnxSource | null): string {
  const proto = source?.records.values.get(value)?.type;
  if (value.type !== null && value.type.dtype !== 'other') return typeText(value.type);
  return proto === undefined ? 'opaque()' : protoText(proto);
}

export function dtypeText(dtype: DType): string {
  if (dtype === 'float32') return 'float';
  if (dtype === 'float64') return 'double';
  return dtype === 'other' ? 'undefined' : dtype;
}

/** The name of an element type by ONNX's number. */
export function elementTypeText(code: number): string {
  return dataTypeName(code).toLowerCase();
}

function dimsText(dims: readonly Dim[] | null): string {
  if (dims === null) return '[]';
  if (dims.length === 0) return '';
  return `[${dims.map((dim) => (typeof dim === 'string' ? identifier(dim) : (dim ?? '?'))).join(',')}]`;
}

function protoText({ value }: TypeProto, depth = 0): string {
  if (depth > DEEPEST) return 'opaque()';
  const inner = (type: TypeProto | undefined): string =>
    type === undefined ? 'opaque()' : protoText(type, depth + 1);
  switch (value.case) {
    case 'tensorType':
      return tensorProtoText(value.value);
    case 'sequenceType':
      return `seq(${inner(value.value.elemType)})`;
    case 'optionalType':
      return `optional(${inner(value.value.elemType)})`;
    case 'mapType':
      return `map(${elementTypeText(value.value.keyType)}, ${inner(value.value.valueType)})`;
    case 'sparseTensorType':
      return `sparse_tensor(${tensorProtoText(value.value)})`;
    default:
      return 'opaque()';
  }
}

/** A sequence of sequences of … in a file made to overflow a stack. */
const DEEPEST = 16;

function tensorProtoText({ elemType, shape }: TypeProto_Tensor | TypeProto_SparseTensor): string {
  const dims = shape?.dim.map(({ value }): Dim => {
    if (value.case === 'dimParam') return value.value;
    return value.case === 'dimValue' ? Number(value.value) : null;
  });
  return elementTypeText(elemType) + dimsText(dims ?? null);
}
