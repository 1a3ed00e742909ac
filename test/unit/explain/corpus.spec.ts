import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainModels } from '../../../src/core/explain/explain';
import { detectFixture, FIXTURES } from '../../support/models';
import { decodeBytes } from '../../support/onnxBuilder';
import { evaluatorRunner } from '../verify/evaluatorRunner';

/** Words that the sentence of a pair's fault has to have: the likely line of the converter. */
const SENTENCES: Readonly<Record<string, RegExp>> = {
  identity_bn_ignored: /BN was ignored/,
  identity_dropped: /identity branch .* was dropped/,
  onebyone_corner_pad: /1×1 conv.* padded into the merged kernel in the first corner/,
  bn_eps_wrong: /BN eps 0\.\d+ was used where the model has 0\.00001/,
  conv_bias_dropped: /t·conv\.bias is missing/,
  seed_convblock_switch_to_deploy: /t·conv\.bias is missing.*The identity branch has other factors/,
  grouped_identity_diag: /in 4 of 12 channels only/,
  identity_first_channel: /in the wrong input channel in 4 of 6 channels/,
};

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
      const said = wrong.flatMap((block) => block.faults.map(({ message }) => message)).join(' ');
      assert.match(said, SENTENCES[name] ?? /^$/);
      for (const { errorMap } of wrong) assert.ok(errorMap !== undefined && Math.max(...errorMap.places) > 0);
    });
  }
});
