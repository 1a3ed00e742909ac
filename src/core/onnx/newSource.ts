import { create } from '@bufbuild/protobuf';
import type { Model } from '../ir/model';
import { ModelProtoSchema } from './schema/onnx_pb';
import { emptyRecords, type OnnxSource } from './source';

/** Of operator set 20. */
const IR_VERSION = 9n;

/** What stands for the file where a model was read from another format: nothing is copied from it. */
export function newSource({ producer }: Model): OnnxSource {
  const proto = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'RepLens',
    docString: producer,
  });
  return { kind: 'onnx', proto, records: emptyRecords() };
}
