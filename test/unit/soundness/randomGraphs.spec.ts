import assert from 'node:assert/strict';
import fc from 'fast-check';
import { networkRecipe, type AnyRecipe } from '../../support/randomGraph/arbitraries';
import { buildAny } from '../../support/randomGraph/buildAny';
import { printGraph } from '../../support/randomGraph/printGraph';
import { checkRecipe } from '../../support/randomGraph/soundness';
import { Tally } from '../../support/randomGraph/tally';

/** `npm run soak` asks for more graphs, from a seed of its own. */
const GRAPHS = Number(process.env.REPLENS_SOAK ?? 300);
const SEED = Number(process.env.REPLENS_SEED ?? 20240807);
/** fast-check keeps what it needs to shrink, so a long run is cut into pieces. */
const PIECE = 500;
/** Three standard deviations of the merging share, some 75 %, are then less than its distance from 60 %. */
const MEANINGFUL = 100;

describe('fusing random graphs', () => {
  const tally = new Tally();

  it(`changes nothing but rounding in ${GRAPHS} of them`, async function () {
    this.timeout(60_000 + GRAPHS * 1000);
    for (let done = 0; done < GRAPHS; done += PIECE) {
      const seed = SEED + done;
      const numRuns = Math.min(PIECE, GRAPHS - done);
      const property = fc.asyncProperty(networkRecipe, (recipe) => checkRecipe(recipe, tally));
      const result = await fc.check(property, { numRuns, seed, endOnFailure: false });
      if (result.failed) assert.fail(report(result, seed));
      if (GRAPHS > PIECE) console.log(tally.summary());
    }
    if (GRAPHS <= PIECE) console.log(tally.summary());
    console.log(tally.table());
    // a generator that finds little to merge proves little; below this many, chance alone could say so
    if (GRAPHS < MEANINGFUL) return;
    assert.ok(tally.graphs > 0.9 * GRAPHS, `${tally.discarded} of ${GRAPHS} graphs could not be run`);
    assert.ok(tally.mergingShare > 0.6, `only ${(100 * tally.mergingShare).toFixed(0)} % merge something`);
    assert.ok(tally.networksOnRuntime > 0.5 * tally.merging, 'most are compared on wasm as well');
  });
});

/** The shrunk graph as text, with what was wrong with it and how to make it again. */
function report(result: fc.RunDetails<[AnyRecipe]>, seed: number): string {
  const [recipe] = result.counterexample ?? [];
  const network = recipe === undefined ? null : buildAny(recipe);
  const graph = network === null ? '' : printGraph(network.spec);
  const error =
    result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  return [
    error,
    `after ${result.numRuns} graphs and ${result.numShrinks} shrinks; make it again with`,
    `REPLENS_SEED=${seed} REPLENS_SOAK=${result.numRuns} npm test -- unit --grep "random graphs"`,
    `path "${result.counterexamplePath}", runs ${network?.runs.map((dims) => dims.join('×')).join(', ')}`,
    graph,
  ].join('\n');
}
