import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildOnnx, type NodeSpec, type TensorSpec } from '../../support/onnxBuilder';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { cliPath, plainEnvironment, replens } from './replens';

const WIDTH = 384;
const BLOCKS = 6;

/** 35 MB of RepVGG blocks: writing takes long enough to be interrupted. */
function chain(): Uint8Array {
  const kernel = (taps: number, seed: number): TensorSpec => {
    const data = new Float32Array(WIDTH * WIDTH * taps * taps);
    for (let i = 0; i < data.length; i++) data[i] = ((i * 7919 + seed) % 1009) / 1009 - 0.5;
    return { dims: [WIDTH, WIDTH, taps, taps], data };
  };
  const initializers: Record<string, TensorSpec> = {};
  const nodes: NodeSpec[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const input = block === 0 ? 'x' : `y${block - 1}`;
    initializers[`k${block}`] = kernel(3, block);
    initializers[`p${block}`] = kernel(1, block);
    nodes.push(
      { op: 'Conv', inputs: [input, `k${block}`], outputs: [`a${block}`], attrs: { pads: [1, 1, 1, 1] } },
      { op: 'Conv', inputs: [input, `p${block}`], outputs: [`b${block}`] },
      { op: 'Add', inputs: [`a${block}`, `b${block}`], outputs: [`s${block}`] },
      { op: 'Relu', inputs: [`s${block}`], outputs: [`y${block}`] },
    );
  }
  return buildOnnx({
    inputs: { x: ['float32', [1, WIDTH, 8, 8]] },
    outputs: { [`y${BLOCKS - 1}`]: ['float32', null] },
    initializers,
    nodes,
  });
}

describe('replens fuse, killed', () => {
  const at = useTemporaryFolder();
  const temporaries = (): string[] => readdirSync(at()).filter((name) => name.endsWith('.tmp'));

  it('leaves the old file or the new one, whenever it is killed', async () => {
    writeFileSync(at('net.onnx'), chain());
    const whole = replens(['fuse', at('net.onnx'), '-o', at('whole.onnx')]);
    assert.equal(whole.code, 0);
    const expected = readFileSync(at('whole.onnx'));
    assert.ok(expected.length > 3e7);
    let halfway = 0;
    for (const part of [0.5, 0.7, 0.8, 0.9, 1, 'writing', 'growing'] as const) {
      writeFileSync(at('out.onnx'), 'old');
      const child = spawn(
        process.execPath,
        [cliPath(), 'fuse', at('net.onnx'), '-o', at('out.onnx'), '--force'],
        { env: plainEnvironment(), stdio: 'ignore' },
      );
      const ended = once(child, 'exit');
      const isThere = (): boolean =>
        temporaries().some(
          (name) => part === 'writing' || (statSync(at(name), { throwIfNoEntry: false })?.size ?? 0) > 0,
        );
      if (typeof part === 'number') await sleep(part * whole.milliseconds);
      else while (child.exitCode === null && !isThere()) await sleep(1);
      child.kill('SIGKILL');
      await ended;
      const bytes = readFileSync(at('out.onnx'));
      assert.ok(
        bytes.equals(expected) || bytes.toString('latin1') === 'old',
        `at ${part}: ${bytes.length} bytes`,
      );
      const left = temporaries();
      assert.ok(
        left.every((name) => /^\.out\.onnx\.[0-9a-f]{12}\.tmp$/.test(name)),
        left.join(),
      );
      halfway += left.length;
      for (const name of left) rmSync(at(name));
    }
    assert.ok(halfway > 0, 'at least one was killed in the middle of its writing');
  });
});
