import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Detection } from '../../../src/core/detect/detect';
import type { VerificationReport } from '../../../src/core/verify/report';
import { verifyModels } from '../../../src/core/verify/verify';
import { detectFixture, FIXTURES, fuseToBytes, sharedRunner } from '../../support/models';
import { decodeBytes } from '../../support/onnxBuilder';

/** Real exports: converters that are right and wrong, and every fusion of our own. */

async function verify(original: Detection, fused: Uint8Array): Promise<VerificationReport> {
  return await verifyModels({ original, fused: decodeBytes(fused), runner: await sharedRunner() });
}

const read = (path: string): Uint8Array => new Uint8Array(readFileSync(join(FIXTURES, path)));

describe('pairs of a network and its conversion', () => {
  const expected = JSON.parse(readFileSync(join(FIXTURES, 'pairs/expected.json'), 'utf8')) as Record<
    string,
    { readonly faults: readonly string[] }
  >;
  for (const [name, { faults }] of Object.entries(expected)) {
    it(`${name}: ${faults.length === 0 ? 'equivalent' : 'not equivalent, for its second block'}`, async () => {
      const report = await verify(
        detectFixture(`pairs/${name}.train.onnx`),
        read(`pairs/${name}.deploy.onnx`),
      );
      assert.equal(report.verdict, faults.length === 0 ? 'equivalent' : 'not-equivalent', report.reason);
      const wrong = report.blocks.filter((block) => block.verdict !== 'equivalent').map((block) => block.id);
      assert.deepEqual(wrong, faults.length === 0 ? [] : ['b1']);
    });
  }
});

const names = readdirSync(join(FIXTURES, 'models'));
const trained = names.filter((name) => /\.(legacy|preserve|dynamo)\.onnx$/.test(name));

describe('exports and hand-made deploy forms of the same network', () => {
  for (const name of trained) {
    const deploy = name.replace(/\.\w+\.onnx$/, '.deploy.onnx');
    if (!names.includes(deploy)) continue;
    it(`${name} and ${deploy} are equivalent`, async () => {
      const report = await verify(detectFixture(`models/${name}`), read(`models/${deploy}`));
      assert.equal(report.verdict, 'equivalent', report.reason);
      for (const { id, ratio } of report.blocks) assert.ok(ratio !== null && ratio < 1, `${id}: ${ratio}`);
    });
  }
});

describe('our own fusions', function () {
  // exports with hundreds of nodes take seconds each, and more on a busy machine
  this.timeout(180_000);

  for (const name of trained) {
    it(`of ${name} are equivalent`, async () => {
      const detection = detectFixture(`models/${name}`);
      const report = await verify(detection, fuseToBytes(detection));
      assert.equal(report.verdict, 'equivalent', report.reason);
    });
  }
});
