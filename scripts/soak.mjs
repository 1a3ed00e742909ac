// npm run soak: the random graphs of test/unit/soundness, many more of them and from a new seed each time.
//   REPLENS_SOAK=N  how many graphs (20,000)    REPLENS_SEED=S  where to begin (by the clock)    REPLENS_JOBS=J  processes
// Ends with the line `N passed, N failed`; a failure prints its seed, its shrunk graph, and how to make it again.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies } from './lib/dependencies.mjs';
import { repoRoot } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const SPEC = join('test', 'unit', 'soundness', 'randomGraphs.spec.ts');
/** So far apart lie the seeds of two processes: farther than any count of graphs. */
const SEEDS_APART = 10_000_000;

function whole(name, fallback) {
  const value = process.env[name] === undefined ? fallback : Number(process.env[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1 on.`);
  return value;
}

/** One process; resolves to whether it passed. */
async function soak(job, graphs, seed) {
  const mocha = join(repoRoot, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [mocha, '--no-config', '--require', 'tsx/cjs', '--timeout', '0', SPEC];
  const { code } = await run(process.execPath, args, {
    cwd: repoRoot,
    env: { ...process.env, REPLENS_SOAK: String(graphs), REPLENS_SEED: String(seed) },
    onLine: (line) => console.log(`[${job}] ${line}`),
  });
  return code === 0;
}

async function main() {
  await ensureDependencies(console.log);
  const graphs = whole('REPLENS_SOAK', 20_000);
  const jobs = Math.min(whole('REPLENS_JOBS', availableParallelism()), graphs);
  const seed = whole('REPLENS_SEED', (Date.now() % 100_000) + 1);
  console.log(`${graphs} random graphs from seed ${seed}, in ${jobs} processes`);
  const share = (job) => Math.floor((graphs * (job + 1)) / jobs) - Math.floor((graphs * job) / jobs);
  const running = Array.from({ length: jobs }, (_, job) => soak(job, share(job), seed + job * SEEDS_APART));
  const results = await Promise.all(running);
  const passed = results.filter(Boolean).length;
  console.log(`${passed} passed, ${jobs - passed} failed`);
  return passed === jobs ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
