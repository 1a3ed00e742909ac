// npm run conformance: RepLens against ONNX's own backend tests, timm's reparameterize_model, timm's networks as .pt2
// and TorchScript, and PyTorch on the exported programs that RepLens writes.
// With a word only the scripts whose names begin with it; what follows it are their own options (`-- torchFormats --minutes 8`).
// Needs Python with the packages below: `python3`, or the one that $REPLENS_PYTHON names. Ends with `N passed, N failed`.
import { ensureDependencies } from './lib/dependencies.mjs';
import { join } from 'node:path';
import { repoRoot } from './lib/paths.mjs';
import { python, whyNot } from './lib/python.mjs';
import { run } from './lib/run.mjs';

const checks = [
  {
    title: 'ONNX backend tests',
    script: 'onnxBackend.py',
    packages: ['numpy', 'onnx', 'onnxruntime'],
  },
  {
    title: 'ONNX operators inside blocks',
    script: 'onnxBlocks.py',
    packages: ['numpy', 'onnx', 'onnxruntime'],
  },
  {
    title: 'timm',
    script: 'compareTimm.py',
    packages: ['numpy', 'onnx', 'onnxruntime', 'torch', 'timm'],
  },
  {
    title: 'PyTorch on fused .pt2',
    script: 'torchPrograms.py',
    packages: ['numpy', 'onnx', 'onnxruntime', 'torch'],
  },
  {
    title: 'PyTorch files of timm’s networks',
    script: 'torchFormats.py',
    packages: ['numpy', 'onnx', 'onnxruntime', 'torch', 'timm'],
  },
  {
    title: 'checkpoints',
    script: 'checkpoints.py',
    packages: ['numpy', 'onnx', 'onnxruntime', 'torch', 'timm', 'safetensors'],
  },
];

async function check({ title, script, packages }, options) {
  const reason = await whyNot(packages);
  if (reason !== null) {
    console.log(`${title}: not run, ${reason}`);
    return { passed: 0, failed: 0, ran: false };
  }
  console.log(`${title}:`);
  const { code, output } = await run(
    python,
    ['-W', 'ignore', join('scripts', 'conformance', script), ...options],
    {
      cwd: repoRoot,
      env: { ...process.env, REPLENS_NODE: process.execPath, PYTHONUNBUFFERED: '1' },
      onLine: (line) => console.log(`  ${line}`),
    },
  );
  const totals = /(\d+) passed, (\d+) failed\s*$/.exec(output);
  // a script that broke off counts as one failure: it must not pass for a small success
  if (code !== 0 || totals === null) return { passed: 0, failed: 1, ran: true };
  return { passed: Number(totals[1]), failed: Number(totals[2]), ran: true };
}

await ensureDependencies(console.log);
const [only, ...options] = process.argv.slice(2);
const results = [];
for (const entry of checks)
  if (only === undefined || entry.script.startsWith(only)) results.push(await check(entry, options));
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 || !results.some((result) => result.ran) ? 1 : 0;
