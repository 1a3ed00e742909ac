import assert from 'node:assert/strict';
import { decodeOnnx } from '../../../src/core/onnx/decode';
import { joinChunks } from '../../../src/core/onnx/chunks';
import { encodeOnnx } from '../../../src/core/onnx/encode';
import { noCompanions } from '../../support/onnxBuilder';
import { fixtureBytes } from '../../support/onnxFixtures';
import { cpuTime } from '../../support/cpuTime';

const MUTATIONS = 300;
/** Milliseconds: a thousand times what a sound file of this size takes, so that only a hang can exceed it. */
const LONGEST = 2000;

describe('a damaged file', () => {
  for (const file of ['everything.onnx', 'repvgg_grouped.dynamo.onnx']) {
    it(`made from ${file} gives a model or a sentence, ${MUTATIONS} times`, () => {
      const original = fixtureBytes(file);
      let state = 12345;
      const random = (below: number) => (state = (state * 48271) % 0x7fffffff) % below;
      let sentences = 0;
      for (let i = 0; i < MUTATIONS; i++) {
        const bytes = original.slice(0, random(4) === 0 ? random(original.length) : original.length);
        for (let changes = random(4); changes >= 0; changes--) bytes[random(bytes.length + 1)] = random(256);
        const { value: result, milliseconds } = cpuTime(() => {
          const decoded = decodeOnnx(bytes, { fileName: 'damaged.onnx', companions: noCompanions });
          if (decoded.ok) joinChunks(encodeOnnx(decoded.value).main);
          return decoded;
        });
        if (!result.ok) sentences += /^damaged\.onnx: .*\.$/s.test(result.problem.message) ? 1 : 0;
        assert.ok(milliseconds < LONGEST);
        assert.ok(result.ok || result.problem.message.length < 600);
        if (!result.ok) assert.match(result.problem.message, /^damaged\.onnx: .*\.$/s);
      }
      assert.ok(sentences > MUTATIONS / 10, 'the mutations do damage');
    });
  }
});
