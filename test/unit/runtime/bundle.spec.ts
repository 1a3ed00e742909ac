import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { buildOnnx } from '../../support/onnxBuilder';

/**
 * The runners as the package ships them: bundled by esbuild, in a folder with no node_modules, the wasm file beside.
 */

const root = path.join(__dirname, '..', '..', '..');

const program = `
  import { readFileSync } from 'node:fs';
  import { createWasmRunner } from './src/runtime/wasmRunner';
  async function main() {
    const runner = await createWasmRunner({ wasmBinary: new Uint8Array(readFileSync('ort.wasm')) });
    const session = await runner.load(new Uint8Array(readFileSync('model.onnx')));
    const bytes = new Uint8Array(Float32Array.of(-2, 3).buffer);
    const result = await session.run(new Map([['x', { dtype: 'float32', dims: [2], bytes }]]));
    console.log(new Float32Array(result.get('y').bytes.buffer).join(' '));
    await session.release();
  }
  void main();
`;

async function bundle(contents: string, format: 'cjs' | 'iife'): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format,
    platform: format === 'cjs' ? 'node' : 'browser',
    logLevel: 'silent',
  });
  assert.deepEqual(result.errors, []);
  return result.outputFiles[0]!.text;
}

describe('runtime: bundles', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'replens-bundle-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('the wasm runner works from one CommonJS file and one wasm file, silently', async () => {
    writeFileSync(path.join(folder, 'cli.js'), await bundle(program, 'cjs'));
    const wasm = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';
    copyFileSync(path.join(root, wasm), path.join(folder, 'ort.wasm'));
    const model = buildOnnx({
      inputs: { x: ['float32', [2]] },
      outputs: { y: ['float32', [2]] },
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
    });
    writeFileSync(path.join(folder, 'model.onnx'), model);
    const output = execFileSync(process.execPath, ['cli.js'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.equal(output.toString(), '0 3\n');
  });

  it('both runners fit in one classic script for a blob worker', async () => {
    const exports = `
      import { createWasmRunner } from './src/runtime/wasmRunner';
      import { createWebgpuRunner } from './src/runtime/webgpuRunner';
      self.runners = { createWasmRunner, createWebgpuRunner };
    `;
    const text = await bundle(exports, 'iife');
    // a classic script can neither be parsed with import.meta in it nor load a second file
    assert.doesNotThrow(() => new Function(text));
    assert.match(text, /self\.runners/);
  });
});
