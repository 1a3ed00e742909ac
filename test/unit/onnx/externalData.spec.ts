import assert from 'node:assert/strict';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Model } from '../../../src/core/ir/model';
import { joinChunks } from '../../../src/core/onnx/chunks';
import { encodeOnnx } from '../../../src/core/onnx/encode';
import { ModelProtoSchema, type TensorProto } from '../../../src/core/onnx/schema/onnx_pb';
import type { CompanionFiles } from '../../../src/core/ports';
import { raise } from '../../../src/core/result';
import { decodeBytes } from '../../support/onnxBuilder';
import { decodeProblem, fixtureBytes } from '../../support/onnxFixtures';

interface FakeFiles extends CompanionFiles {
  readonly log: string[];
}

/** Companions in memory that note what is done with them. */
function files(contents: Readonly<Record<string, Uint8Array>>): FakeFiles {
  const log: string[] = [];
  return {
    log,
    open(path) {
      log.push(`open ${path}`);
      const bytes = contents[path] ?? raise('not-found', `"${path}" does not exist; check the name.`);
      return {
        size: bytes.length,
        read(offset, length) {
          log.push(`read ${offset} ${length}`);
          return bytes.slice(offset, offset + length);
        },
      };
    },
  };
}

const model = fixtureBytes('external.onnx');
const data = fixtureBytes('external.bin');

function changed(change: (tensor: TensorProto) => void): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, model);
  change(proto.graph!.initializer.find(({ name }) => name === 'w')!);
  return toBinary(ModelProtoSchema, proto);
}

function set(tensor: TensorProto, key: string, value: string): void {
  tensor.externalData.find((entry) => entry.key === key)!.value = value;
}

function tensorsOf({ graph }: Model): Record<string, Uint8Array> {
  return Object.fromEntries(
    [...graph.initializers].map(([name, tensor]) => [name, new Uint8Array(tensor.bytes())]),
  );
}

describe('external data', () => {
  it('is checked when the model is decoded and read when it is asked for', () => {
    const companions = files({ 'external.bin': data });
    const decoded = decodeBytes(model, 'external.onnx', companions);
    assert.deepEqual(companions.log, ['open external.bin']);
    assert.deepEqual(new Uint8Array(decoded.graph.initializers.get('w')!.bytes()), data.slice(0, 9216));
    assert.deepEqual(companions.log.slice(1), ['read 0 9216']);
  });

  it('that is missing', () => {
    const message = decodeProblem(model, files({}));
    assert.match(message, /^bad\.onnx: The external data of tensor "w" .*"external\.bin" does not exist/);
  });

  it('that is too short', () => {
    const message = decodeProblem(model, files({ 'external.bin': data.slice(0, 9000) }));
    assert.match(message, /Tensor "w" needs bytes 0 to 9216 of "external\.bin", which has only 9000;/);
  });

  it('of a length that does not match the shape', () => {
    const bytes = changed((tensor) => set(tensor, 'length', '9212'));
    assert.match(
      decodeProblem(bytes, files({ 'external.bin': data })),
      /Tensor "w" needs 9216 bytes .* has 9212;/,
    );
  });

  it('at an offset that is no number', () => {
    const bytes = changed((tensor) => set(tensor, 'offset', '-1'));
    assert.match(
      decodeProblem(bytes, files({ 'external.bin': data })),
      /the offset "-1", which is no number of bytes/,
    );
  });

  it('without a location', () => {
    const bytes = changed((tensor) => (tensor.externalData = []));
    assert.match(decodeProblem(bytes, files({})), /Tensor "w" has external data without a location/);
  });
});

describe('writing a model that had external data', () => {
  const decoded = () => decodeBytes(model, 'external.onnx', files({ 'external.bin': data }));
  const expected = tensorsOf(decoded());

  it('puts it inline, read only when the writer reaches it', () => {
    const companions = files({ 'external.bin': data });
    const { main, external } = encodeOnnx(decodeBytes(model, 'external.onnx', companions));
    assert.deepEqual(companions.log, ['open external.bin']);
    assert.deepEqual(external, []);
    assert.deepEqual(tensorsOf(decodeBytes(joinChunks(main))), expected);
  });

  it('puts it into a new file at whole pages, when one is named', () => {
    const { main, external } = encodeOnnx(decoded(), { externalDataFile: 'new.data' });
    const again = decodeBytes(joinChunks(main), 'new.onnx', files({ 'new.data': joinChunks(external) }));
    assert.deepEqual(tensorsOf(again), expected);
    const places = fromBinary(ModelProtoSchema, joinChunks(main)).graph!.initializer.map(({ externalData }) =>
      externalData.map(({ value }) => value),
    );
    assert.deepEqual(places, [['new.data', '0', '9216'], ['new.data', '12288', '1024'], []]);
  });

  it('does so too when the model would be too large', () => {
    const options = { overflowFile: 'new.data', inlineLimit: 5000 };
    assert.ok(encodeOnnx(decoded(), options).external.length > 0);
    assert.deepEqual(encodeOnnx(decoded(), { ...options, inlineLimit: 50_000 }).external, []);
    assert.throws(() => encodeOnnx(decoded(), { inlineLimit: 5000 }), /too large for one file/);
  });

  it('keeps tensors below the threshold inline', () => {
    const { main } = encodeOnnx(decoded(), { externalDataFile: 'new.data', externalThreshold: 2000 });
    const { initializer } = fromBinary(ModelProtoSchema, joinChunks(main)).graph!;
    assert.deepEqual(
      initializer.map(({ dataLocation }) => dataLocation),
      [1, 0, 0],
    );
  });
});
