// What the variant in a browser's extension host takes: a bundle without Node, and a workspace with models in it.
import { execFile } from 'node:child_process';
import { cp, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { repoRoot } from '../../../scripts/lib/paths.mjs';

/** Bundles the tests into one script, mocha's browser build included. `process.env` is what the runner leaves in the workspace. */
export async function bundleWebTests(sources, outdir) {
  await build({
    entryPoints: [join(sources, 'web', 'index.ts')],
    outdir,
    bundle: true,
    platform: 'browser',
    format: 'cjs',
    target: 'es2022',
    supported: { 'dynamic-import': false },
    external: ['vscode'],
    define: { 'process.env': 'globalThis.replensEnvironment' },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** A model, what the command line fuses it into, and one with its weights in a file beside it. */
export async function prepareWebWorkspace(workspace) {
  const fixtures = join(repoRoot, 'test', 'fixtures');
  for (const folder of ['models', 'expected', 'external']) await mkdir(join(workspace, folder));
  const source = join(workspace, 'models', 'net.onnx');
  await cp(join(fixtures, 'models', 'seed_repvgg_alpha.legacy.onnx'), source);
  for (const name of ['external.onnx', 'external.bin'])
    await cp(join(fixtures, 'onnx', name), join(workspace, 'external', name));
  const program = join(workspace, 'models', 'program.pt2');
  await cp(join(fixtures, 'torch', 'repvgg.pt2'), program);
  for (const [model, ending] of [
    [source, 'onnx'],
    [program, 'pt2'],
  ]) {
    const fused = join(workspace, 'expected', `fused.${ending}`);
    const cli = join(repoRoot, 'dist', 'cli.js');
    await promisify(execFile)(process.execPath, [cli, 'fuse', model, '-o', fused]);
    // with its ending it would be another model to find
    await rename(fused, join(workspace, 'expected', ending === 'onnx' ? 'fused.bytes' : 'program.bytes'));
  }
}
