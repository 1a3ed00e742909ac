// npm run soak: the random graphs of test/unit/soundness, many more of them and from a new seed each time, then the generated
// conversions of test/unit/explain, a tenth as many with a mistake and half as many of those without, then mutated archives
// of PyTorch and mutated checkpoints, as many as graphs.
//   REPLENS_SOAK=N  how many graphs (20,000)    REPLENS_SEED=S  where to begin (by the clock)    REPLENS_JOBS=J  processes
// Ends with the line `N passed, N failed`; a failure prints its seed, its shrunk graph, and how to make it again.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies } from './lib/dependencies.mjs';
import { repoRoot } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

const GRAPHS = join('test', 'unit', 'soundness', 'randomGraphs.spec.ts');
const ARCHIVES = join('test', 'unit', 'torch', 'fuzz.spec.ts');
const CHECKPOINTS = join('test', 'unit', 'checkpoint', 'fuzz.spec.ts');
const PAIRS = join('test', 'unit', 'explain', 'pairs.spec.ts');
/** A conversion takes as long as ten graphs. */
const GRAPHS_PER_PAIR = 10;
/** So far apart lie the seeds of two processes: farther than any count of graphs. */
const SEEDS_APART = 10_000_000;

function whole(name, fallback) {
  const value = process.env[name] === undefined ? fallback : Number(process.env[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1 on.`);
  return value;
}

/** One process; resolves to whether it passed. */
async function soak(spec, job, count, seed) {
  const mocha = join(repoRoot, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [mocha, '--no-config', '--require', 'tsx/cjs', '--timeout', '0', spec];
  const { code } = await run(process.execPath, args, {
    cwd: repoRoot,
    env: { ...process.env, REPLENS_SOAK: String(count), REPLENS_SEED: String(seed) },
    onLine: (line) => console.log(`[${job}] ${line}`),
  });
  return code === 0;
}

/** `count` cases of one spec, in `jobs` processes. */
async function spread(spec, count, jobs, seed) {
  const share = (job) => Math.floor((count * (job + 1)) / jobs) - Math.floor((count * job) / jobs);
  const running = Array.from({ length: jobs }, (_, job) =>
    soak(spec, job, share(job), seed + job * SEEDS_APART),
  );
  return await Promise.all(running);
}

async function main() {
  await ensureDependencies(console.log);
  const graphs = whole('REPLENS_SOAK', 20_000);
  const jobs = Math.min(whole('REPLENS_JOBS', availableParallelism()), graphs);
  const seed = whole('REPLENS_SEED', (Date.now() % 100_000) + 1);
  console.log(`${graphs} random graphs from seed ${seed}, in ${jobs} processes`);
  const results = await spread(GRAPHS, graphs, jobs, seed);
  const pairs = Math.ceil(graphs / GRAPHS_PER_PAIR);
  console.log(`${pairs} conversions with a mistake, half as many without`);
  results.push(...(await spread(PAIRS, pairs, Math.min(jobs, pairs), seed)));
  console.log(`${graphs} mutated archives of PyTorch`);
  results.push(...(await spread(ARCHIVES, graphs, jobs, seed)));
  console.log(`${graphs} mutated checkpoints`);
  results.push(...(await spread(CHECKPOINTS, graphs, jobs, seed)));
  const passed = results.filter(Boolean).length;
  console.log(`${passed} passed, ${results.length - passed} failed`);
  return passed === results.length ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
