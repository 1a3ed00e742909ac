// Builds dist/: one bundle for each place that code runs in. `node esbuild.mjs [--watch]`.
import { build, context } from 'esbuild';
import { cpSync, mkdirSync, rmSync } from 'node:fs';

const watch = process.argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  sourcemap: 'linked',
  target: 'es2022',
  minify: !watch,
  // names stay readable in a stack trace that somebody sends
  keepNames: true,
  logLevel: 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const node = { ...common, platform: 'node', target: 'node20', format: 'cjs' };

/** @type {import('esbuild').BuildOptions[]} */
const targets = [
  { ...node, entryPoints: { cli: 'src/cli.ts' }, outdir: 'dist', banner: { js: '#!/usr/bin/env node' } },
];

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/ort', { recursive: true });
// onnxruntime's binary stays a file beside the bundles: it is read once, by whoever runs a model.
cpSync(
  'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
  'dist/ort/ort-wasm-simd-threaded.wasm',
);

for (const options of targets) {
  if (watch) await (await context(options)).watch();
  else await build(options);
}
