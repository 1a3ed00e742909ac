/**
 * The GPU's own clock: each compute pass that onnxruntime encodes gets a timestamp at either end, by a hook on the device
 * that it was given. The little of WebGPU that is used, whose types this project has not.
 */

interface QuerySet {
  destroy(): void;
}

interface Buffer {
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

interface Encoder {
  beginComputePass(descriptor?: Readonly<Record<string, unknown>>): unknown;
  resolveQuerySet(set: QuerySet, first: number, count: number, into: Buffer, offset: number): void;
  copyBufferToBuffer(from: Buffer, at: number, to: Buffer, into: number, size: number): void;
  finish(): unknown;
}

/** What is used of a device. */
export interface ClockedDevice {
  readonly features: ReadonlySet<string>;
  readonly queue: { submit(commands: readonly unknown[]): void };
  createCommandEncoder(descriptor?: unknown): Encoder;
  createQuerySet(descriptor: { readonly type: 'timestamp'; readonly count: number }): QuerySet;
  createBuffer(descriptor: { readonly size: number; readonly usage: number }): Buffer;
}

/** The most that a query set may have. */
const QUERIES = 4096;
const BYTES = 8 * QUERIES;

const MAP_READ = 0x1;
const COPY_SRC = 0x4;
const COPY_DST = 0x8;
const QUERY_RESOLVE = 0x200;

/** Reads how long a run took on the device; null where the device has no clock. Hooks `createCommandEncoder`. */
export function gpuClock(
  device: ClockedDevice,
): ((run: () => Promise<unknown>) => Promise<number | null>) | null {
  if (!device.features.has('timestamp-query')) return null;
  const set = device.createQuerySet({ type: 'timestamp', count: QUERIES });
  const resolved = device.createBuffer({ size: BYTES, usage: QUERY_RESOLVE | COPY_SRC });
  const readable = device.createBuffer({ size: BYTES, usage: COPY_DST | MAP_READ });
  const create = device.createCommandEncoder.bind(device);
  let used = 0;
  let isOn = false;
  device.createCommandEncoder = (descriptor) => {
    const encoder = create(descriptor);
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (pass = {}) => {
      if (!isOn || used + 2 > QUERIES || pass['timestampWrites'] !== undefined) return begin(pass);
      const timestampWrites = {
        querySet: set,
        beginningOfPassWriteIndex: used,
        endOfPassWriteIndex: used + 1,
      };
      used += 2;
      return begin({ ...pass, timestampWrites });
    };
    return encoder;
  };
  return async (run) => {
    used = 0;
    isOn = true;
    try {
      await run();
    } finally {
      isOn = false;
    }
    // a run of more passes than there are places is not known as a whole
    if (used === 0 || used === QUERIES) return null;
    const encoder = create();
    encoder.resolveQuerySet(set, 0, used, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readable, 0, 8 * used);
    device.queue.submit([encoder.finish()]);
    await readable.mapAsync(MAP_READ);
    const times = new BigUint64Array(readable.getMappedRange().slice(0, 8 * used));
    readable.unmap();
    return sumOfPasses(times);
  };
}

/** Nanoseconds at the ends of each pass → milliseconds in all. A clock that was set back gives nothing. */
export function sumOfPasses(times: BigUint64Array): number | null {
  let nanoseconds = 0;
  for (let i = 0; i + 1 < times.length; i += 2) {
    const took = Number((times[i + 1] as bigint) - (times[i] as bigint));
    if (took < 0) return null;
    nanoseconds += took;
  }
  return nanoseconds / 1e6;
}
