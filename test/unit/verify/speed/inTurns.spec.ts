import assert from 'node:assert/strict';
import { ProblemError } from '../../../../src/core/result';
import { measureInTurns, type RunTime } from '../../../../src/core/verify/speed/inTurns';
import { timingOf, verdictOf } from '../../../../src/core/verify/speed/timingOf';
import { sumOfPasses } from '../../../../src/runtime/gpuClock';

const run = (milliseconds: number, gpu: number | null = null): RunTime => ({ milliseconds, gpu });

describe('timingOf', () => {
  it('gives median and quartiles, whatever the order', () => {
    assert.deepEqual(timingOf([5, 1, 3, 2, 4], 8), { median: 3, quartiles: [2, 4], runs: 5, warmUps: 8 });
    assert.deepEqual(timingOf([1, 2, 3, 4], 0).median, 2.5);
  });

  it('takes half of the runs beyond half of the others as a difference, and less as none', () => {
    const slow = timingOf([10, 11, 12], 0);
    const fast = timingOf([5, 6, 7], 0);
    assert.deepEqual(
      [verdictOf(slow, fast), verdictOf(fast, slow), verdictOf(slow, timingOf([9, 11, 13], 0))],
      ['faster', 'slower', 'same'],
    );
  });
});

describe('measureInTurns', () => {
  it('warms up until a runtime that compiles itself is at its best, and counts none of that', async () => {
    const order: string[] = [];
    // falls for 12 runs, as WebAssembly does while it is compiled anew
    const compiled = (name: string, best: number) => {
      let runs = 0;
      return () => {
        order.push(name);
        return Promise.resolve(run(best * Math.max(1, 6 - runs++ / 2)));
      };
    };
    const result = await measureInTurns(compiled('a', 10), compiled('b', 5), { runs: 20, budget: 1e6 });
    assert.deepEqual([result.before.median, result.after.median, result.speedup], [10, 5, 2]);
    assert.deepEqual(result.before.quartiles, [10, 10], 'no warm-up is counted');
    assert.ok(result.before.warmUps >= 12 && result.before.runs === 20);
    assert.deepEqual(order.slice(0, 8).join(''), 'abbaabba', 'in turns');
  });

  it('keeps to its time: a slow model runs a few times only', async () => {
    let runs = 0;
    const slow = () => {
      runs += 1;
      return Promise.resolve(run(8000));
    };
    const { before, verdict } = await measureInTurns(slow, slow, { runs: 30, budget: 20_000 });
    assert.deepEqual([before.runs, verdict], [5, 'same']);
    assert.ok(runs <= 16, `${runs} runs`);
  });

  it('judges by the GPU’s own clock where both sides have it', async () => {
    const after = () => Promise.resolve(run(10, 1));
    const both = await measureInTurns(() => Promise.resolve(run(10, 3)), after, { runs: 5, budget: 1e6 });
    assert.deepEqual([both.speedup, both.verdict, both.gpu?.before.median], [3, 'faster', 3]);
    const one = await measureInTurns(() => Promise.resolve(run(10)), after, { runs: 5, budget: 1e6 });
    assert.deepEqual([one.speedup, one.gpu], [1, undefined]);
  });

  it('ends between two runs when told to', async () => {
    const controller = new AbortController();
    let runs = 0;
    const counted = () => {
      if (++runs === 5) controller.abort();
      return Promise.resolve(run(1));
    };
    await assert.rejects(
      measureInTurns(counted, counted, { runs: 30, budget: 1e6, signal: controller.signal }),
      (error) => error instanceof ProblemError && error.problem.code === 'cancelled',
    );
    assert.equal(runs, 5);
  });
});

describe('sumOfPasses', () => {
  it('adds the passes up in milliseconds, and does not believe a clock that was set back', () => {
    assert.equal(sumOfPasses(BigUint64Array.from([10n, 2_000_010n, 5_000_000n, 6_000_000n])), 3);
    assert.equal(sumOfPasses(BigUint64Array.from([10n, 5n])), null);
  });
});
