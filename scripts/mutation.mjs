// npm run mutation [-- WORD…]: breaks each rule of the algebra, and of checkpoints, in a copy of the source and sees the tests fail. With words,
// only the rules that contain one of them. A rule whose text is no longer found, or that no test misses, has failed.
// Ends with the line `N passed, N failed`.   REPLENS_JOBS=J: so many at a time.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies } from './lib/dependencies.mjs';
import { algebraMutations } from './lib/mutations/algebra.mjs';
import { checkpointMutations } from './lib/mutations/checkpoint.mjs';
import { graphMutations } from './lib/mutations/graph.mjs';
import { verifyMutations } from './lib/mutations/verify.mjs';
import { programMutations } from './lib/mutations/program.mjs';
import { repoRoot } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

/** One process after the other, since to load the later ones takes longest; the first failure ends it. */
const STAGES = [
  ['test/unit/detect/**/*.spec.ts', 'test/unit/soundness/decoys.spec.ts'],
  ['test/unit/soundness/{edge,constructs}*.spec.ts', 'test/unit/algebra/**/*.spec.ts'],
  ['test/unit/fuse/**/*.spec.ts'],
  ['test/unit/soundness/randomGraphs.spec.ts'],
];
/** The specs of a file's own folder come first: src/core/algebra/… → test/unit/algebra/… */
const ownSpecs = (file) =>
  file.startsWith('src/core/torch/write/')
    ? 'test/unit/torch/write*.spec.ts'
    : `test/unit/${file.split('/')[2]}/**/*.spec.ts`;
/** Random graphs for each mutation, where nothing else has failed before. */
const GRAPHS = 100;
const LONGEST = 10 * 60_000;

/** A copy of source and tests that may be broken. */
function makeCopy() {
  const folder = mkdtempSync(join(tmpdir(), 'replens-mutation-'));
  for (const part of ['src', 'test', 'samples', 'package.json', 'tsconfig.json', 'tsconfig.base.json']) {
    cpSync(join(repoRoot, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(repoRoot, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return folder;
}

/** Runs the suites, those of `file` first; resolves to the title of the first test that failed, or null. */
async function firstFailure(folder, file) {
  const own = ownSpecs(file);
  const others = STAGES.map((specs) => specs.filter((spec) => spec !== own));
  for (const specs of [[own], ...others.filter(({ length }) => length > 0)]) {
    const failure = await firstFailureOf(folder, specs);
    if (failure !== null) return failure;
  }
  return null;
}

async function firstFailureOf(folder, specs) {
  const mocha = join(repoRoot, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [mocha, '--no-config', '--require', 'tsx/cjs', '--bail', '--timeout', '120000'];
  args.push('--reporter', 'json-stream', ...specs);
  let failed = null;
  const { code, output, timedOut } = await run(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, REPLENS_SOAK: String(GRAPHS) },
    timeout: LONGEST,
    onLine: (line) => {
      if (line.startsWith('["fail",')) failed ??= JSON.parse(line)[1].fullTitle;
    },
  });
  if (failed !== null || code === 0) return failed;
  return timedOut
    ? 'it never ends'
    : (output.split('\n').find((line) => /Error/.test(line)) ?? 'it ends early');
}

/** Applies one edit, runs, takes it back. */
async function tryMutation(folder, { file, search, replace }) {
  const path = join(folder, file);
  const source = readFileSync(path, 'utf8');
  const count = source.split(search).length - 1;
  if (count !== 1) return { ok: false, note: `the text to change occurs ${count} times in ${file}` };
  writeFileSync(
    path,
    source.replace(search, () => replace),
  );
  try {
    const failure = await firstFailure(folder, file);
    return failure === null ? { ok: false, note: 'no test fails' } : { ok: true, note: failure };
  } finally {
    writeFileSync(path, source);
  }
}

/** Takes mutations from the queue until it is empty. */
async function work(folder, queue, results) {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const started = Date.now();
    const { ok, note } = await tryMutation(folder, next);
    results.push(ok);
    const seconds = `${((Date.now() - started) / 1000).toFixed(0)} s`.padStart(6);
    console.log(`${ok ? 'caught' : 'MISSED'} ${seconds}  ${next.rule.padEnd(52)} ${note}`);
  }
}

async function main() {
  await ensureDependencies(console.log);
  const words = process.argv.slice(2);
  const queue = [
    ...algebraMutations,
    ...graphMutations,
    ...checkpointMutations,
    ...programMutations,
    ...verifyMutations,
  ].filter(({ rule, file }) => words.length === 0 || words.some((word) => `${rule} ${file}`.includes(word)));
  const jobs = Math.min(Number(process.env.REPLENS_JOBS ?? availableParallelism()), queue.length);
  const folders = Array.from({ length: jobs }, makeCopy);
  const results = [];
  try {
    const failure = jobs === 0 ? 'no rule has such a word' : await firstFailure(folders[0], queue[0].file);
    if (failure !== null) throw new Error(`Without any mutation the tests fail already: ${failure}`);
    console.log(`${queue.length} rules, ${jobs} at a time`);
    await Promise.all(folders.map((folder) => work(folder, queue, results)));
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
  const passed = results.filter(Boolean).length;
  console.log(`${passed} passed, ${results.length - passed} failed`);
  return passed === results.length && passed > 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
