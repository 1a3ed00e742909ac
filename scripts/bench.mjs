// npm run bench [-- MODEL]: builds, then runs bench/run.ts.
import { spawnSync } from 'node:child_process';
import { ensureBuilt } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { repoRoot } from './lib/paths.mjs';

await ensureDependencies(console.log);
await ensureBuilt(console.log);
const { status } = spawnSync(
  process.execPath,
  ['--require', 'tsx/cjs', 'bench/run.ts', ...process.argv.slice(2)],
  {
    cwd: repoRoot,
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
