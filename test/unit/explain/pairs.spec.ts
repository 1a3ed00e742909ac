import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { explainModels } from '../../../src/core/explain/explain';
import type { FaultKind, VerificationReport } from '../../../src/core/verify/report';
import { faultyPair, KINDS, rightPair, type FaultyPair } from '../../support/faultyPairs/faultyPair';
import { decodeBuilt } from '../../support/onnxBuilder';
import type { ModelRunner } from '../../../src/core/ports';
import { ProblemError } from '../../../src/core/result';

/**
 * Generated conversions: each kind of fault × each family, and right ones.
 * REPLENS_SOAK: how many pairs with a fault (100), half as many right ones from 200 on; REPLENS_SEED: where to begin (1).
 */
const COUNT = Number(process.env['REPLENS_SOAK'] ?? 100);
const RIGHT = COUNT >= 200 ? Math.ceil(COUNT / 2) : COUNT;
const SEED = Number(process.env['REPLENS_SEED'] ?? 1);

interface Outcome {
  readonly pair: FaultyPair;
  readonly report: VerificationReport;
  /** Ids of the blocks that are not equivalent, with whether they are the faulty one. */
  readonly wrong: readonly { readonly isFaulty: boolean; readonly kinds: readonly FaultKind[] }[];
}

/** What float64 finds needs no runtime. */
const NO_RUNTIME: ModelRunner = {
  provider: 'wasm',
  adapter: null,
  load: () => Promise.reject(new ProblemError({ code: 'failed', message: 'Nothing runs here.' })),
};
const SIZES = new Map([
  ['N', 1],
  ['H', 9],
  ['W', 11],
]);

async function explain(pair: FaultyPair): Promise<Outcome> {
  const original = detect(decodeBuilt(pair.train));
  const fused = decodeBuilt(pair.deploy);
  const report = await explainModels({ original, fused, runner: NO_RUNTIME, samples: 1, sizes: SIZES });
  const wrong = report.blocks
    .filter(({ verdict }) => verdict !== 'equivalent')
    .map(({ id, faults }) => {
      const nodes = original.blocks.find((block) => block.id === id)?.region.nodes ?? [];
      const first = nodes[0]?.name ?? id.replace('outside:', '');
      return { isFaulty: first.startsWith(pair.prefix), kinds: faults.map(({ kind }) => kind) };
    });
  return { pair, report, wrong };
}

describe('explaining generated conversions', function () {
  this.timeout(0);

  it(`calls ${RIGHT} right ones equivalent`, async () => {
    const alarms: string[] = [];
    for (let number = 0; number < RIGHT; number++) {
      const { pair, report } = await explain(rightPair(SEED, number));
      if (report.verdict !== 'equivalent') alarms.push(`${pair.label}: ${report.verdict}, ${report.reason}`);
    }
    console.log(`    right conversions: ${RIGHT}, false alarms: ${alarms.length}`);
    assert.deepEqual(alarms, []);
  });

  it(`finds the faulty block of ${COUNT} wrong ones, and its kind`, async () => {
    const misses: string[] = [];
    const misnamed: string[] = [];
    const byKind = new Map(KINDS.map((kind) => [kind, { right: 0, all: 0 }]));
    for (let number = 0; number < COUNT; number++) {
      const { pair, report, wrong } = await explain(faultyPair(SEED, number));
      const seen = JSON.stringify(wrong.map(({ kinds }) => kinds));
      const isFound =
        report.verdict === 'not-equivalent' && wrong.length > 0 && wrong.every(({ isFaulty }) => isFaulty);
      if (!isFound) misses.push(`${pair.label}: ${report.verdict}, ${seen}, ${report.reason}`);
      const kinds = wrong.flatMap((one) => one.kinds);
      const fault = pair.fault as FaultKind;
      const isNamed =
        kinds.includes(fault) && kinds.every((kind) => kind === fault || pair.also.includes(kind));
      const tally = byKind.get(fault);
      if (tally !== undefined) {
        tally.all += 1;
        if (isNamed) tally.right += 1;
      }
      if (!isNamed) misnamed.push(`${pair.label}: ${seen}`);
    }
    const named = COUNT - misnamed.length;
    console.log(
      `    wrong conversions: ${COUNT}, right block: ${COUNT - misses.length}, right kind: ${named}`,
    );
    console.log(`    ${[...byKind].map(([kind, { right, all }]) => `${kind} ${right}/${all}`).join(', ')}`);
    if (misnamed.length > 0) console.log(misnamed.map((line) => `    ${line}`).join('\n'));
    assert.deepEqual(misses, []);
    assert.ok(named >= 0.95 * COUNT, `the kind is right in ${named} of ${COUNT}`);
  });
});
