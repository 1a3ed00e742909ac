import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { ModelThread } from '../../../src/host/modelThread';
import { startNodeThread } from '../../../src/platform/node/nodeThread';
import { useTemporaryFolder } from '../../support/temporaryFolder';

/**
 * A worker that speaks the protocol. `open` of "deaf" never lets a message in again; of "polite" it ends when it is cancelled;
 * of "crash" it throws outside of any call; of "later" it answers after a while; of anything else at once.
 */
const WORKER = `
const { parentPort } = require('node:worker_threads');
const reply = (id, ok) => parentPort.postMessage({ replens: 1, kind: 'reply', id, ok });
const running = new Map();
parentPort.on('message', ({ kind, id, method, params }) => {
  if (kind === 'cancel') { const end = running.get(id); if (end) setTimeout(end, 30); return; }
  if (kind !== 'call') return;
  if (method === 'ended') {
    const wait = () => ([...running.values()].length === 0 ? reply(id, null) : setTimeout(wait, 5));
    return wait();
  }
  parentPort.postMessage({ replens: 1, kind: 'call', id: 1000 + id, method: 'progress', params: { job: params.job, fraction: 0.5, label: params.path } });
  if (params.path === 'deaf') { running.set(id, null); setImmediate(() => { for (;;); }); }
  else if (params.path === 'polite') running.set(id, () => { running.delete(id); reply(id, null); });
  else if (params.path === 'crash') setImmediate(() => { throw new Error('out of luck.'); });
  else if (params.path === 'later') setTimeout(() => reply(id, 'late'), 400);
  else reply(id, params.path);
});
`;

const nobody = () => Promise.reject(new Error('this worker asks for no files'));
const noFiles = { statFile: nobody, readFile: nobody, writeFile: nobody, sampleFiles: nobody };

describe('ModelThread', () => {
  const at = useTemporaryFolder();
  let thread: ModelThread;
  let progress: string[];
  let crashes: string[];

  beforeEach(() => {
    progress = [];
    crashes = [];
    writeFileSync(at('worker.cjs'), WORKER);
    thread = new ModelThread({
      start: () => startNodeThread(at('worker.cjs'), null),
      files: noFiles,
      patience: 150,
      options: () => ({}),
      onProgress: (job, fraction, label) => progress.push(`${job} ${fraction} ${label}`),
      onCrash: (sentence) => crashes.push(sentence),
    });
  });

  afterEach(() => thread.dispose());

  const open = (path: string, job: number, signal?: AbortSignal) =>
    thread.call('open', { path, job }, { signal, job });

  it('starts with the first call and tells of progress', async () => {
    assert.equal(thread.started, false);
    const result = await open('a.onnx', 7);
    assert.deepEqual(result, { ok: true, value: 'a.onnx' });
    assert.equal(thread.started, true);
    assert.deepEqual(progress, ['7 0.5 a.onnx']);
  });

  it('waits for a cancelled job to end, and keeps the thread', async () => {
    await open('a.onnx', 1);
    const controller = new AbortController();
    const job = open('polite', 2, controller.signal);
    setTimeout(() => controller.abort(), 20);
    const result = await job;
    assert.ok(!result.ok && result.problem.code === 'cancelled');
    assert.equal(thread.started, true);
  });

  it('ends a thread that does not hear the Cancel within its patience, and starts another', async () => {
    await open('a.onnx', 1);
    const controller = new AbortController();
    const job = open('deaf', 2, controller.signal);
    await new Promise((settle) => setTimeout(settle, 50));
    const pressed = Date.now();
    controller.abort();
    const result = await job;
    assert.ok(!result.ok && result.problem.code === 'cancelled');
    // 150 ms of patience, and what ending a thread takes
    assert.ok(Date.now() - pressed < 1000, `it took ${Date.now() - pressed} ms`);
    assert.equal(thread.started, false);
    assert.deepEqual(crashes, []);
    assert.deepEqual(await open('b.onnx', 3), { ok: true, value: 'b.onnx' });
  });

  it("makes others' calls again that the ended thread was working on", async () => {
    const controller = new AbortController();
    const other = open('later', 1);
    const job = open('deaf', 2, controller.signal);
    setTimeout(() => controller.abort(), 50);
    await job;
    assert.deepEqual(await other, { ok: true, value: 'late' });
  });

  it('answers with a sentence when the thread crashes, and starts another', async () => {
    const result = await open('crash', 1);
    assert.ok(!result.ok && result.problem.code === 'failed');
    assert.match(result.problem.message, /stopped \(out of luck\); try again/);
    assert.equal(crashes.length, 1);
    assert.deepEqual(await open('a.onnx', 2), { ok: true, value: 'a.onnx' });
  });

  it('settles every call when it is disposed', async () => {
    const call = open('polite', 1);
    await new Promise((settle) => setTimeout(settle, 30));
    await thread.dispose();
    const result = await call;
    assert.ok(!result.ok && result.problem.code === 'cancelled');
    const after = await open('a.onnx', 2);
    assert.ok(!after.ok && after.problem.code === 'cancelled');
  });
});
