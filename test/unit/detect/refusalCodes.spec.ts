import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RefusalCode } from '../../../src/core/algebra/refusal';
import { fuseModel } from '../../../src/core/pipeline';
import { unwrap } from '../../../src/core/result';
import { openCheckpoint } from '../../support/checkpoints';
import { detectFixture, FIXTURES } from '../../support/models';

/** Every code that a refusal can have; the compiler minds that none is missing. */
const CODES: Readonly<Record<RefusalCode, true>> = {
  'nonlinear-op': true,
  'different-inputs': true,
  'border-mismatch': true,
  'stride-mismatch': true,
  'extra-consumer': true,
  'dynamic-coefficient': true,
  'spatially-varying': true,
  'padding-mode': true,
  broadcast: true,
  unprofitable: true,
  'training-mode-bn': true,
  quantized: true,
  'unsupported-dtype': true,
  overflow: true,
  'unknown-shape': true,
  'unsupported-op': true,
  'not-in-checkpoint': true,
};

describe('refusal codes', () => {
  it('are each met in a real export, with one sentence that names a node, a tensor or a number', () => {
    const met = new Set<string>();
    for (const folder of ['families', 'refuse']) {
      for (const name of readdirSync(join(FIXTURES, folder)).filter((file) => file.endsWith('.onnx'))) {
        for (const { code, message } of unwrap(fuseModel(detectFixture(`${folder}/${name}`))).plan.refused) {
          met.add(code);
          assert.match(message, /^[A-Z"][^\n]*("|\d|float16)[^\n]*[.)]$/, `${name}: ${message}`);
        }
      }
    }
    const checkpoint = openCheckpoint('yolov6_qa.safetensors');
    for (const { code, message } of unwrap(fuseModel(checkpoint)).plan.refused) {
      met.add(code);
      assert.match(message, /^[^\n]*\d[^\n]*\.$/);
    }
    assert.deepEqual(Object.keys(CODES).sort(), [...met].sort());
  });
});
