import assert from 'node:assert/strict';
import { gpuClock, type ClockedDevice } from '../../../src/runtime/gpuClock';

/** A device whose passes take a millisecond each, by a clock that it writes into the queries. */
function fakeDevice(features: readonly string[]) {
  const times = new BigUint64Array(4096);
  const passes: unknown[] = [];
  let time = 1000n;
  const write = (index: unknown): void => {
    times[Number(index)] = time;
    time += 1_000_000n;
  };
  const device = {
    features: new Set(features),
    queue: { submit: () => undefined },
    createQuerySet: () => ({ destroy: () => undefined }),
    createBuffer: () => ({
      mapAsync: () => Promise.resolve(),
      getMappedRange: () => times.buffer,
      unmap: () => undefined,
    }),
    createCommandEncoder: () => ({
      beginComputePass: (descriptor: { readonly timestampWrites?: Readonly<Record<string, unknown>> }) => {
        passes.push(descriptor);
        const writes = descriptor.timestampWrites;
        if (writes === undefined) return;
        write(writes['beginningOfPassWriteIndex']);
        write(writes['endOfPassWriteIndex']);
      },
      resolveQuerySet: () => undefined,
      copyBufferToBuffer: () => undefined,
      finish: () => ({}),
    }),
  } as unknown as ClockedDevice;
  return { device, passes };
}

describe('gpuClock', () => {
  it('is none where the device has no timestamps', () => {
    assert.equal(gpuClock(fakeDevice(['shader-f16']).device), null);
  });

  it('adds up the passes of one run, and marks none outside it', async () => {
    const { device, passes } = fakeDevice(['timestamp-query']);
    const clock = gpuClock(device);
    assert.ok(clock);
    const pass = (): void => void device.createCommandEncoder().beginComputePass({ label: 'conv' });
    pass();
    const three = (): Promise<void> => {
      for (let i = 0; i < 3; i++) pass();
      return Promise.resolve();
    };
    assert.equal(await clock(three), 3);
    assert.equal(await clock(() => Promise.resolve(pass())), 1, 'each run begins anew');
    assert.deepEqual(passes[0], { label: 'conv' });
    assert.equal(passes.length, 5);
  });

  it('does not tell a time that it knows in part only', async () => {
    const { device } = fakeDevice(['timestamp-query']);
    const many = (): Promise<void> => {
      for (let i = 0; i < 3000; i++) device.createCommandEncoder().beginComputePass();
      return Promise.resolve();
    };
    const clock = gpuClock(device);
    assert.ok(clock);
    assert.equal(await clock(many), null);
    assert.equal(await clock(() => Promise.resolve()), null, 'nothing ran');
  });
});
