// What the variant in a browser's extension host takes: a bundle without Node, and a workspace with models in it.
import { execFile } from 'node:child_process';
import { cp, mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
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

/** Models and checkpoints, by where they lie in the workspace; the command line fuses each into `expected/`. */
const FUSED = {
  'models/net.onnx': 'models/seed_repvgg_alpha.legacy.onnx',
  'models/program.pt2': 'torch/repvgg.pt2',
  'weights/net.safetensors': 'checkpoints/repvgg.safetensors',
  'weights/training.pth': 'checkpoints/training.pth',
};

/** Models, what the command line fuses them into, and one with its weights in a file beside it. */
export async function prepareWebWorkspace(workspace) {
  const fixtures = join(repoRoot, 'test', 'fixtures');
  for (const folder of ['models', 'weights', 'expected', 'external']) await mkdir(join(workspace, folder));
  for (const name of ['external.onnx', 'external.bin'])
    await cp(join(fixtures, 'onnx', name), join(workspace, 'external', name));
  for (const [place, fixture] of Object.entries(FUSED)) {
    const model = join(workspace, place);
    await cp(join(fixtures, fixture), model);
    const fused = join(workspace, 'expected', basename(place));
    const cli = join(repoRoot, 'dist', 'cli.js');
    await promisify(execFile)(process.execPath, [cli, 'fuse', model, '-o', fused]);
    // with its ending it would be another model to find
    await rename(fused, `${fused}.bytes`);
  }
}
