// npm run fixtures: makes the fixtures of PyTorch's formats again, where Python has PyTorch; the tests never need it.
//   REPLENS_PYTHON=…  which Python (python3)
import { join } from 'node:path';
import { repoRoot } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const SCRIPTS = [
  { script: 'torch_ops.py', folder: 'torch/ops' },
  { script: 'torch_files.py', folder: 'torch/files' },
  { script: 'checkpoints.py', folder: 'checkpoints' },
  { script: 'torch_programs.py', folder: 'torch/programs' },
];

const python = process.env.REPLENS_PYTHON ?? 'python3';
for (const { script, folder } of SCRIPTS) {
  const args = [join('scripts', 'fixtures', script), join('test', 'fixtures', folder)];
  const { code } = await run(python, args, { cwd: repoRoot, onLine: (line) => console.log(line) });
  if (code !== 0) {
    console.error(
      `${script} failed; it needs a Python with torch, timm, safetensors and numpy (REPLENS_PYTHON names another one).`,
    );
    process.exitCode = 1;
    break;
  }
}
