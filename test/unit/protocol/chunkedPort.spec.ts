import assert from 'node:assert/strict';
import { chunkedPort } from '../../../src/protocol/chunkedPort';
import type { Port } from '../../../src/protocol/rpc';

/** A port that gives back what is sent, and tells what passed. */
function echo(): Port & { readonly passed: unknown[]; send(message: unknown): void } {
  const listeners = new Set<(message: unknown) => void>();
  const passed: unknown[] = [];
  const send = (message: unknown): void => listeners.forEach((receive) => receive(message));
  return {
    passed,
    send,
    post: (message) => {
      passed.push(message);
      send(message);
    },
    listen: (receive) => {
      listeners.add(receive);
      return () => listeners.delete(receive);
    },
  };
}

describe('a port that sends long messages in parts', () => {
  it('passes short ones on as they are', () => {
    const port = echo();
    const heard: unknown[] = [];
    const chunked = chunkedPort(port);
    chunked.listen((message) => heard.push(message));
    chunked.post({ a: 1 });
    assert.deepEqual([heard, port.passed], [[{ a: 1 }], [{ a: 1 }]]);
  });

  it('puts long ones together again, no part longer than 256 k', () => {
    const port = echo();
    const heard: unknown[] = [];
    const chunked = chunkedPort(port);
    chunked.listen((message) => heard.push(message));
    const message = { text: 'ü"'.repeat(300_000) };
    chunked.post(message);
    assert.deepEqual(heard, [message]);
    assert.ok(port.passed.length > 3);
    for (const part of port.passed) assert.ok(JSON.stringify(part).length < 2.2 * 256 * 1024);
  });

  it('is not led astray by parts that nobody sent so', () => {
    const port = echo();
    const heard: unknown[] = [];
    chunkedPort(port).listen((message) => heard.push(message));
    const part = (change: object) => ({ replensPart: 'x', index: 0, count: 2, text: '{', ...change });
    port.send(part({}));
    port.send(part({}));
    port.send(part({ count: 3 }));
    port.send(part({ index: 1, text: '}' }));
    assert.deepEqual(heard, [{}]);
    for (let id = 0; id < 100; id += 1) port.send(part({ replensPart: `lost ${id}` }));
    port.send(part({ replensPart: 'lost 0', index: 1, text: '}' }));
    assert.equal(heard.length, 1);
    // what is no part is a message for others to judge
    port.send(part({ count: 1e9 }));
    port.send(part({ index: -1 }));
    assert.equal(heard.length, 3);
  });
});
