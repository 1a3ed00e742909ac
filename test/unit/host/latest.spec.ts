import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { latest } from '../../../src/host/latest';

describe('latest', () => {
  it('runs at once, then with the newest only, and never forgets the last', async () => {
    const seen: number[] = [];
    const throttled = latest(30, (value: number) => seen.push(value));
    for (const value of [1, 2, 3]) throttled.call(value);
    assert.deepEqual(seen, [1]);
    await sleep(80);
    assert.deepEqual(seen, [1, 3]);
    throttled.call(4);
    await sleep(80);
    assert.deepEqual(seen, [1, 3, 4]);
  });

  it('is silent after its end', async () => {
    const seen: number[] = [];
    const throttled = latest(10, (value: number) => seen.push(value));
    throttled.call(1);
    throttled.call(2);
    throttled.stop();
    await sleep(40);
    assert.deepEqual(seen, [1]);
  });
});
