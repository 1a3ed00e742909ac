import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainModels } from '../../../src/core/explain/explain';
import { detectFixture, FIXTURES } from '../../support/models';
import { decodeBytes } from '../../support/onnxBuilder';
import { evaluatorRunner } from '../verify/evaluatorRunner';

/** Real exports before and after converters, right ones and wrong ones. */
interface Expected {
  readonly faults: readonly string[];
  /** Kinds that may be named beside. */
  readonly also?: readonly string[];
}

describe('explaining pairs of a network and its conversion', () => {
  const expected = JSON.parse(readFileSync(join(FIXTURES, 'pairs/expected.json'), 'utf8')) as Record<
    string,
    Expected
  >;
  for (const [name, { faults, also = [] }] of Object.entries(expected)) {
    it(`${name}: ${faults.length === 0 ? 'equivalent' : faults.join(' and ')}`, async () => {
      const fused = decodeBytes(new Uint8Array(readFileSync(join(FIXTURES, `pairs/${name}.deploy.onnx`))));
      const original = detectFixture(`pairs/${name}.train.onnx`);
      const report = await explainModels({ original, fused, runner: evaluatorRunner(), samples: 1 });
      assert.equal(report.verdict, faults.length === 0 ? 'equivalent' : 'not-equivalent', report.reason);
      const wrong = report.blocks.filter((block) => block.verdict !== 'equivalent');
      assert.deepEqual(
        wrong.map(({ id }) => id),
        faults.length === 0 ? [] : ['b1'],
      );
      const kinds = new Set(wrong.flatMap((block) => block.faults.map(({ kind }) => kind as string)));
      for (const kind of faults) assert.ok(kinds.has(kind), `${kind} is missing in ${[...kinds].join()}`);
      for (const kind of kinds) assert.ok([...faults, ...also].includes(kind), `${kind} is not there`);
      for (const { errorMap } of wrong) assert.ok(errorMap !== undefined && Math.max(...errorMap.places) > 0);
    });
  }
});
