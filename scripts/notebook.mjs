// npm run test:notebook: the helper of notebooks in a real Jupyter kernel, and its stored outputs in the renderer, in Chromium.
// Needs Python with the packages below: `python3`, or the one that $REPLENS_PYTHON names. Ends with `N passed, N failed`.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies } from './lib/dependencies.mjs';
import { repoRoot } from './lib/paths.mjs';
import { python, whyNot } from './lib/python.mjs';
import { run } from './lib/run.mjs';
import { notebookSuite } from './lib/suites.mjs';

const PACKAGES = ['nbformat', 'nbclient', 'ipykernel', 'onnx'];

async function main(folder) {
  await ensureDependencies(console.log);
  const reason = await whyNot(PACKAGES);
  if (reason !== null) throw new Error(`Not run: ${reason}`);
  const file = join(folder, 'executed.ipynb');
  const { code, output } = await run(python, [join('scripts', 'notebook', 'execute.py'), file], {
    cwd: repoRoot,
    timeout: 10 * 60_000,
  });
  if (code !== 0) throw new Error(`The notebook could not be executed:\n${output}`);
  console.log(output.trim());
  return await notebookSuite({ log: console.log, env: { REPLENS_NOTEBOOK: file } });
}

const folder = await mkdtemp(join(tmpdir(), 'replens-notebook-'));
try {
  const { passed, failed } = await main(folder);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
