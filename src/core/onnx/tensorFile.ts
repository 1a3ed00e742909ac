import { fromBinary } from '@bufbuild/protobuf';
import { raise } from '../result';
import type { Tensor } from '../tensor/tensor';
import { decodeTensor } from './decodeTensor';
import { Companions } from './externalData';
import { TensorProtoSchema, type TensorProto } from './schema/onnx_pb';
import { emptyRecords } from './source';
import { checkWire } from './wire';

/**
 * A file that holds one tensor, as `test_data_set_0/input_0.pb` beside a model, and the name that it gives it.
 * @throws ProblemError `bad-input` for a damaged file and for one whose elements lie elsewhere.
 */
export function decodeTensorFile(
  bytes: Uint8Array,
  fileName: string,
): { readonly name: string; readonly tensor: Tensor } {
  const proto = readTensor(bytes, fileName);
  const companions = new Companions({
    open: () => raise('bad-input', `"${fileName}" keeps its elements in another file, which is not read.`),
  });
  const context = { companions, records: emptyRecords() };
  return { name: proto.name, tensor: decodeTensor(proto, fileName, context) };
}

function readTensor(bytes: Uint8Array, fileName: string): TensorProto {
  try {
    checkWire(bytes, TensorProtoSchema);
    return fromBinary(TensorProtoSchema, bytes);
  } catch (error) {
    const words = error instanceof Error ? error.message.replace(/\.+$/, '') : String(error);
    return raise('bad-input', `"${fileName}" is no tensor of ONNX: ${words}.`);
  }
}
