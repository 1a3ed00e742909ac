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
  outdir: 'dist',
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // here names stay by not being shortened: keepNames costs a call for every closure that is made
  minify: false,
  minifySyntax: !watch,
  minifyWhitespace: !watch,
  keepNames: false,
};

/** Classic scripts: a webview's page and a blob worker load them without modules. */
/** @type {import('esbuild').BuildOptions} */
const browser = {
  ...common,
  platform: 'browser',
  format: 'iife',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': watch ? '"development"' : '"production"' },
  outdir: 'dist/webview',
};

/** @type {import('esbuild').BuildOptions[]} */
const targets = [
  { ...node, entryPoints: { cli: 'src/cli.ts' }, banner: { js: '#!/usr/bin/env node' } },
  // the extension host: small, since every window pays for it
  {
    ...node,
    entryPoints: { extension: 'src/extension.ts' },
    external: ['vscode', './modelCalls'],
    supported: { 'dynamic-import': false },
    // every window reads it: here short names are worth more than readable stacks
    minifyIdentifiers: !watch,
  },
  // the same in a browser
  {
    ...browser,
    entryPoints: { 'extension.web': 'src/extension.web.ts' },
    format: 'cjs',
    outdir: 'dist',
    external: ['vscode'],
    keepNames: false,
  },
  // the reader of Python, loaded for the first script that speaks of a model, by either of the two
  {
    ...browser,
    entryPoints: { modelCalls: 'src/host/python/modelCalls.ts' },
    format: 'cjs',
    outdir: 'dist',
    keepNames: false,
  },
  // the worker thread beside it
  // short names, as in the extension: the package has a limit
  { ...node, entryPoints: { modelWorker: 'src/worker/nodeWorker.ts' }, minifyIdentifiers: !watch },
  // the same worker in a browser: beside the extension host of a web window, and beside a notebook's output
  { ...browser, entryPoints: { modelWorker: 'src/worker/webWorker.ts' }, keepNames: false },
  // the screens
  {
    ...browser,
    entryPoints: {
      editor: 'webview-ui/editor/main.tsx',
      report: 'webview-ui/report/main.tsx',
      compare: 'webview-ui/compare/main.tsx',
      elk: 'webview-ui/shared/elk.ts',
    },
    // classic scripts have no address of their own but this one
    define: { ...browser.define, 'import.meta.url': 'document.currentScript.src' },
  },
  // the notebook's outputs: a small entry, the rest in parts that the first output loads
  {
    ...browser,
    entryPoints: { renderer: 'webview-ui/renderer/renderer.ts' },
    format: 'esm',
    splitting: true,
    // what a renderer fetches lies in the folder of its entry or below
    outdir: 'dist',
    chunkNames: 'renderer/[name]-[hash]',
  },
  { ...browser, entryPoints: { renderer: 'webview-ui/renderer/renderer.css' } },
  // the report's blob worker: it is handed the wasm binary, so nothing is looked for beside the script
  {
    ...browser,
    entryPoints: { runnerWorker: 'src/worker/runnerWorker.ts' },
    keepNames: false,
    define: { ...browser.define, 'import.meta.url': '"blob:runner"' },
  },
];

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/ort', { recursive: true });
// onnxruntime's binaries stay files beside the bundles, read once by whoever runs a model: the plain one in Node, the one
// that holds WebGPU too in the report.
for (const name of ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.asyncify.wasm'])
  cpSync(`node_modules/onnxruntime-web/dist/${name}`, `dist/ort/${name}`);

for (const options of targets) {
  if (watch) await (await context(options)).watch();
  else await build(options);
}
