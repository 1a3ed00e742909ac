import assert from 'node:assert/strict';
import { startWebThread } from '../../../src/platform/web/webThread';

/** A browser's worker that keeps what it is told. */
class FakeWorker extends EventTarget {
  static made: FakeWorker[] = [];
  readonly posted: unknown[] = [];
  terminated = false;

  constructor(readonly address: string) {
    super();
    FakeWorker.made.push(this);
  }

  postMessage(message: unknown): void {
    this.posted.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }
}

const turn = (): Promise<void> => new Promise((settle) => setImmediate(settle));

describe('startWebThread', () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'Worker');

  beforeEach(() => {
    FakeWorker.made = [];
    Object.defineProperty(globalThis, 'Worker', { value: FakeWorker, configurable: true, writable: true });
  });
  afterEach(() => {
    if (own === undefined) Reflect.deleteProperty(globalThis, 'Worker');
    else Object.defineProperty(globalThis, 'Worker', own);
  });

  it('starts a blob of the script, and hands over in order what was posted before', async () => {
    const thread = startWebThread(async () => new TextEncoder().encode('script'));
    thread.post(1);
    thread.post(2);
    await turn();
    thread.post(3);
    const [worker] = FakeWorker.made;
    assert.match(worker?.address ?? '', /^blob:/);
    assert.deepEqual(worker?.posted, [1, 2, 3]);
    const heard: unknown[] = [];
    const stop = thread.listen((message) => heard.push(message));
    worker?.dispatchEvent(new MessageEvent('message', { data: 'a' }));
    stop();
    worker?.dispatchEvent(new MessageEvent('message', { data: 'b' }));
    assert.deepEqual(heard, ['a']);
  });

  it('ends when it is told to, even before its script has come', async () => {
    const thread = startWebThread(async () => new Uint8Array());
    const exits: string[] = [];
    thread.onExit((reason) => exits.push(reason));
    await thread.terminate();
    await turn();
    assert.equal(FakeWorker.made.length, 0);
    assert.equal(exits.length, 1);
    const running = startWebThread(async () => new Uint8Array());
    await turn();
    await running.terminate();
    assert.equal(FakeWorker.made[0]?.terminated, true);
  });

  it('says why it ended by itself: an error that nothing caught, a script that cannot be read', async () => {
    const exits: string[] = [];
    startWebThread(async () => new Uint8Array()).onExit((reason) => exits.push(reason));
    startWebThread(() => Promise.reject(new Error('no such file'))).onExit((reason) => exits.push(reason));
    await turn();
    FakeWorker.made[0]?.dispatchEvent(Object.assign(new Event('error'), { message: 'out of luck' }));
    assert.deepEqual(exits, ['no such file', 'out of luck']);
    assert.equal(FakeWorker.made[0]?.terminated, true);
  });
});
