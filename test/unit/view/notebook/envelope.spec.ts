import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fromBase64, toBase64 } from '../../../../src/core/view/notebook/base64';
import {
  LARGEST_INLINE,
  readEnvelope,
  readOnnxOutput,
  type NotebookModel,
} from '../../../../src/core/view/notebook/envelope';
import type { Result } from '../../../../src/core/result';

const BYTES = Uint8Array.of(8, 8, 0, 255, 254, 1, 127);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const envelope = (change: object): string => JSON.stringify({ name: 'm.onnx', format: 'onnx', ...change });

function sentence(result: Result<NotebookModel>): string {
  assert.ok(!result.ok);
  const { message } = result.problem;
  assert.match(message, /^[A-Z][^\n]+\.$/);
  assert.ok(message.length < 300, message);
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(message, /[\u0000-\u001f\u202e]/);
  return message;
}

describe('the envelope of a model in a notebook', () => {
  it('gives the bytes', () => {
    const read = readEnvelope(envelope({ bytes: base64(BYTES), producer: 'something newer' }));
    assert.ok(read.ok && read.value.kind === 'bytes');
    assert.deepEqual(read.value.bytes, BYTES);
    assert.equal(read.value.name, 'm.onnx');
  });

  it('gives a path, in its plainest form', () => {
    const pathOf = (path: string): unknown => {
      const read = readEnvelope(envelope({ path }));
      assert.ok(read.ok && read.value.kind === 'path', path);
      return read.value.path;
    };
    assert.equal(pathOf('models/m.onnx'), 'models/m.onnx');
    assert.equal(pathOf('./models//m.onnx'), 'models/m.onnx');
    assert.equal(pathOf('../m.onnx'), '../m.onnx');
    assert.equal(pathOf('模型/ü m.onnx'), '模型/ü m.onnx');
  });

  for (const path of [
    ...['/etc/passwd', 'C:\\m.onnx', 'C:/m.onnx', '\\\\server\\share\\m.onnx', 'file:///m.onnx', 'a\\..\\b'],
    ...['https://example.org/m.onnx', 'a/../../m.onnx', '..', '../..', './', '', 'a\0b', 'a\u202egpj.onnx'],
    ...['x'.repeat(2000), 7, null, ['m.onnx'], { toString: 'm.onnx' }],
  ])
    it(`refuses the path ${JSON.stringify(path).slice(0, 40)}`, () => {
      sentence(readEnvelope(envelope({ path })));
    });

  for (const name of ['', '..', 'a/b', 'a\\b', 'C:x', 'x\n', 'x\u202e', 'x'.repeat(300), 7, null, {}])
    it(`refuses the name ${JSON.stringify(name).slice(0, 40)}`, () => {
      sentence(readEnvelope(envelope({ name, bytes: base64(BYTES) })));
    });

  for (const text of ['', 'null', '[]', '7', '"x"', '{', '{"bytes"'])
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.match(sentence(readEnvelope(text)), /JSON/);
    });

  it('wants either bytes or a path', () => {
    assert.match(sentence(readEnvelope(envelope({}))), /"bytes" or a "path"/);
    assert.match(sentence(readEnvelope(envelope({ bytes: 'CAg=', path: 'm.onnx' }))), /"bytes" or a "path"/);
  });

  it('refuses formats that it does not read', () => {
    for (const format of ['onnx', 'pt2', 'torchscript'])
      assert.ok(readEnvelope(envelope({ format, bytes: 'CAg=' })).ok, format);
    assert.match(
      sentence(readEnvelope(envelope({ format: 'tflite', bytes: 'CAg=' }))),
      /"tflite"; RepLens draws "onnx", "pt2", "torchscript"/,
    );
    assert.match(sentence(readEnvelope(envelope({ format: { a: 1 }, bytes: 'CAg=' }))), /format/);
  });

  for (const bytes of ['????', 'CAg=CAg=', 'C', 'CAgIC', 'CA\u{1F600}', '===', 7, null, [8, 8], ''])
    it(`refuses the bytes ${JSON.stringify(bytes)}`, () => {
      sentence(readEnvelope(envelope({ bytes })));
    });

  it('refuses what is too large, before it is decoded', () => {
    const bytes = 'A'.repeat(Math.ceil((LARGEST_INLINE * 4) / 3) + 8);
    assert.match(sentence(readEnvelope(envelope({ bytes }))), /64 MB.*show_model/);
    assert.match(sentence(readEnvelope(' '.repeat(2 * LARGEST_INLINE))), /show_model/);
  });

  it('reads application/vnd.onnx as bytes and as base64', () => {
    for (const data of [BYTES, new TextEncoder().encode(base64(BYTES)), Buffer.from(`${base64(BYTES)}\n`)]) {
      const read = readOnnxOutput(data);
      assert.ok(read.ok && read.value.kind === 'bytes');
      assert.deepEqual(read.value.bytes, BYTES);
    }
    sentence(readOnnxOutput(new Uint8Array()));
  });
});

describe('base64', () => {
  it('agrees with Node, both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
        const text = base64(bytes);
        assert.equal(toBase64(bytes), text);
        assert.deepEqual(fromBase64(text, 'it'), new Uint8Array(bytes));
        assert.deepEqual(fromBase64(text.replace(/(.{76})/g, '$1\n'), 'it'), new Uint8Array(bytes));
      }),
      { numRuns: 200 },
    );
  });
});
