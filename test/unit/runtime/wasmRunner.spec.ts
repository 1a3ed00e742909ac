import assert from 'node:assert/strict';
import type { RunnerSession, RuntimeTensor } from '../../../src/core/ports';
import { ProblemError } from '../../../src/core/result';
import { readElements, writeElements } from '../../../src/core/tensor/convert';
import { bytesPerElement, type DType } from '../../../src/core/tensor/dtype';
import { createQueue } from '../../../src/runtime/ortSession';
import { createWasmRunner } from '../../../src/runtime/wasmRunner';
import { createWebgpuRunner } from '../../../src/runtime/webgpuRunner';
import { buildOnnx, type OnnxSpec } from '../../support/onnxBuilder';

function tensor(dtype: DType, dims: readonly number[], values: readonly number[]): RuntimeTensor {
  const bytes = new Uint8Array(values.length * bytesPerElement(dtype));
  writeElements(dtype, values, bytes, 0);
  return { dtype, dims, bytes };
}

function numbers(result: RuntimeTensor | undefined): number[] {
  return Array.from(
    readElements(
      result!.dtype,
      result!.bytes,
      0,
      result!.dims.reduce((a, b) => a * b, 1),
    ),
  );
}

function model(dtype: DType, op = 'Add'): Uint8Array {
  const spec: OnnxSpec = {
    inputs: { a: [dtype, ['n']], b: [dtype, ['n']] },
    outputs: { y: [dtype, ['n']] },
    nodes: [{ op, inputs: ['a', 'b'], outputs: ['y'] }],
  };
  return buildOnnx(spec);
}

async function withSession(bytes: Uint8Array, use: (session: RunnerSession) => Promise<void>): Promise<void> {
  const session = await (await createWasmRunner()).load(bytes);
  try {
    await use(session);
  } finally {
    await session.release();
  }
}

const failed = (words: RegExp) => (error: unknown) => {
  return error instanceof ProblemError && error.problem.code === 'failed' && words.test(error.message);
};

describe('runtime: wasm', () => {
  it('says what it is', async () => {
    const runner = await createWasmRunner();
    assert.deepEqual([runner.provider, runner.adapter], ['wasm', null]);
  });

  for (const dtype of ['float32', 'float64', 'float16', 'int32', 'int64'] satisfies DType[]) {
    it(`adds ${dtype}`, async () => {
      await withSession(model(dtype), async (session) => {
        assert.deepEqual([session.inputNames, session.outputNames], [['a', 'b'], ['y']]);
        const feeds = new Map([
          ['a', tensor(dtype, [3], [1, 2, -5])],
          ['b', tensor(dtype, [3], [10, 20, 30])],
        ]);
        const y = (await session.run(feeds)).get('y');
        assert.deepEqual([y?.dtype, y?.dims, numbers(y)], [dtype, [3], [11, 22, 25]]);
      });
    });
  }

  it('computes operators as written: a BN is not folded into the convolution before it', async () => {
    const values = (n: number, from: number) => ({
      dims: [n],
      data: (i: number) => from + Math.sin(i + 1) / 3,
    });
    const bn = { s: values(2, 1), b: values(2, 0), m: values(2, 0), v: values(2, 1) };
    const w = { dims: [2, 2, 3, 3], data: (i: number) => Math.sin(i * i + 1) };
    const image = ['float32', [1, 2, 5, 5]] as const;
    const result = ['float32', [1, 2, 3, 3]] as const;
    const conv = { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] };
    const norm = { op: 'BatchNormalization', inputs: ['c', 's', 'b', 'm', 'v'], outputs: ['y'] };
    const run = async (
      spec: OnnxSpec,
      feed: readonly [string, RuntimeTensor],
      options: Parameters<typeof createWasmRunner>[0] = {},
    ) => {
      const session = await (await createWasmRunner(options)).load(buildOnnx(spec));
      const [output] = [...(await session.run(new Map([feed]))).values()];
      await session.release();
      return output!;
    };
    const x = tensor(
      'float32',
      image[1],
      Array.from({ length: 50 }, (_, i) => Math.cos(3 * i)),
    );
    const both = {
      inputs: { x: image },
      outputs: { y: result },
      initializers: { w, ...bn },
      nodes: [conv, norm],
    };
    const first = await run(
      { inputs: { x: image }, outputs: { c: result }, initializers: { w }, nodes: [conv] },
      ['x', x],
    );
    const second = { inputs: { c: result }, outputs: { y: result }, initializers: bn, nodes: [norm] };
    const apart = await run(second, ['c', first]);
    assert.deepEqual(await run(both, ['x', x]), apart);
    assert.notDeepEqual(await run(both, ['x', x], { optimization: 'all' }), apart);
  });

  it('runs calls that overlap one after the other', async () => {
    await withSession(model('float32', 'Mul'), async (session) => {
      const run = (x: number) =>
        session.run(
          new Map([
            ['a', tensor('float32', [1], [x])],
            ['b', tensor('float32', [1], [x])],
          ]),
        );
      const results = await Promise.all([2, 3, 4].map(run));
      assert.deepEqual(
        results.map((result) => numbers(result.get('y'))),
        [[4], [9], [16]],
      );
    });
  });

  it('reports in one sentence what onnxruntime says', async () => {
    const runner = await createWasmRunner();
    await assert.rejects(
      runner.load(Uint8Array.of(1, 2, 3)),
      failed(/^onnxruntime can't load the model: .*[^.]\.$/),
    );
    await assert.rejects(runner.load(model('float32', 'NoSuchOp')), failed(/NoSuchOp/));
    await withSession(model('float32'), async (session) => {
      await assert.rejects(session.run(new Map()), failed(/can't run the model: .*'a'/));
      const short = new Map([
        ['a', tensor('float32', [3], [1, 2, 3])],
        ['b', tensor('float32', [2], [1, 2])],
      ]);
      await assert.rejects(session.run(short), failed(/can't run the model/));
      const fine = new Map([
        ['a', tensor('float32', [1], [1])],
        ['b', tensor('float32', [1], [2])],
      ]);
      assert.deepEqual(numbers((await session.run(fine)).get('y')), [3]);
    });
  });

  it('releases a session once, and refuses to run it afterwards', async () => {
    const session = await (await createWasmRunner()).load(model('float32'));
    await session.release();
    await session.release();
    await assert.rejects(session.run(new Map()), failed(/already released/));
  });
});

describe('runtime: webgpu', () => {
  it('gives a reason, not a fallback, where there is no WebGPU', async () => {
    const result = await createWebgpuRunner({});
    assert.equal(result.ok, false);
    assert.ok(
      !result.ok && result.problem.code === 'unsupported' && /no WebGPU/.test(result.problem.message),
    );
  });
});

describe('runtime: the queue', () => {
  it('keeps the order, and goes on after a failure', async () => {
    const queue = createQueue();
    const seen: number[] = [];
    const job = (n: number, wait: number) => async () => {
      await new Promise((resolve) => setTimeout(resolve, wait));
      seen.push(n);
      if (n === 2) throw new Error('two');
      return n;
    };
    const results = await Promise.allSettled([queue(job(1, 20)), queue(job(2, 1)), queue(job(3, 1))]);
    assert.deepEqual(seen, [1, 2, 3]);
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
  });
});
