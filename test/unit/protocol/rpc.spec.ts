import assert from 'node:assert/strict';
import { raise } from '../../../src/core/result';
import { openRpc, type CallContext, type Port } from '../../../src/protocol/rpc';

interface Server {
  add(params: { readonly a: number; readonly b: number }): number;
  refuse(params: null): never;
  crash(params: null): never;
  wait(params: null, context: CallContext): Promise<string>;
}

/** Two ends of a channel; messages are copied and arrive later, as between threads. */
function channel(): readonly [Port, Port] {
  const ends = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()] as const;
  const port = (own: 0 | 1): Port => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      setImmediate(() => ends[own === 0 ? 1 : 0].forEach((receive) => receive(copy)));
    },
    listen: (receive) => {
      ends[own].add(receive);
      return () => ends[own].delete(receive);
    },
  });
  return [port(0), port(1)];
}

function open() {
  const [here, there] = channel();
  const aborted: string[] = [];
  const server = openRpc<Server, Record<never, never>>(there, {
    add: ({ a, b }) => a + b,
    refuse: () => raise('bad-input', 'The file is a poem.'),
    crash: () => {
      throw new TypeError('undefined is not a model');
    },
    wait: (_, { signal }) =>
      new Promise((settle) =>
        signal.addEventListener('abort', () => {
          aborted.push('wait');
          settle('aborted');
        }),
      ),
  });
  const client = openRpc<Record<never, never>, Server>(here, {});
  return { client, server, aborted };
}

describe('rpc', () => {
  it('answers calls by their own reply, whatever the order', async () => {
    const { client } = open();
    const sums = await Promise.all([1, 2, 3].map((a) => client.call('add', { a, b: 10 })));
    assert.deepEqual(
      sums.map((sum) => sum.ok && sum.value),
      [11, 12, 13],
    );
  });

  it('answers with the problem that a handler raises, and with the words of any other error', async () => {
    const { client } = open();
    assert.deepEqual(await client.call('refuse', null), {
      ok: false,
      problem: { code: 'bad-input', message: 'The file is a poem.' },
    });
    assert.deepEqual(await client.call('crash', null), {
      ok: false,
      problem: { code: 'failed', message: 'undefined is not a model' },
    });
  });

  it('answers a method that there is not, inherited names included', async () => {
    const { client } = open();
    for (const method of ['nothing', 'toString', 'constructor']) {
      const result = await client.call(method as 'add', { a: 1, b: 1 });
      assert.ok(!result.ok);
      assert.match(result.problem.message, /there is no method/);
    }
  });

  it('gives up after the time-out, and tells the other side', async () => {
    const { client, aborted } = open();
    const result = await client.call('wait', null, { timeout: 20 });
    assert.ok(!result.ok && result.problem.code === 'failed');
    assert.match(result.problem.message, /no answer within 0\.02 s/);
    await new Promise((settle) => setTimeout(settle, 20));
    assert.deepEqual(aborted, ['wait']);
  });

  it('settles a cancelled call at once and aborts its handler', async () => {
    const { client, aborted } = open();
    const controller = new AbortController();
    const call = client.call('wait', null, { signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    const result = await call;
    assert.ok(!result.ok && result.problem.code === 'cancelled');
    await new Promise((settle) => setTimeout(settle, 20));
    assert.deepEqual(aborted, ['wait']);
    const late = await client.call('add', { a: 1, b: 1 }, { signal: controller.signal });
    assert.ok(!late.ok && late.problem.code === 'cancelled');
  });

  it('leaves no call hanging when either end is disposed', async () => {
    const { client, server, aborted } = open();
    const call = client.call('wait', null);
    await new Promise((settle) => setTimeout(settle, 10));
    server.dispose();
    assert.deepEqual(aborted, ['wait']);
    client.dispose();
    const result = await call;
    assert.ok(!result.ok && result.problem.code === 'cancelled');
    const after = await client.call('add', { a: 1, b: 1 });
    assert.ok(!after.ok && after.problem.code === 'cancelled');
  });

  it('ignores what is no message of ours', async () => {
    const [here, there] = channel();
    openRpc<Pick<Server, 'add'>, Record<never, never>>(there, { add: ({ a, b }) => a + b });
    const client = openRpc<Record<never, never>, Server>(here, {});
    for (const noise of [null, 7, 'text', { kind: 'reply', id: 1, ok: 99 }]) there.post(noise);
    const sum = await client.call('add', { a: 1, b: 2 });
    assert.ok(sum.ok && sum.value === 3);
  });
});
