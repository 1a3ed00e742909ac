// The suites of `npm test`. Each resolves to `{ passed, failed, slow }`; `slow` lists `{ title, ms }`.
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureHost } from '../host/install.mjs';
import { repoRoot } from './paths.mjs';
import { run } from './run.mjs';

const minute = 60_000;
/** Tests wait as well as work, but those of speed want a core for themselves. */
const PROCESSES = Math.min(2, availableParallelism());

/** Whether a folder holds a file whose name ends so. */
function holds(folder, ending) {
  try {
    return readdirSync(join(repoRoot, folder), { recursive: true }).some((name) => name.endsWith(ending));
  } catch {
    return false;
  }
}

/** In the order in which they run. `exists` is false for a suite that has no file yet. */
export const suites = [
  { name: 'static', exists: () => true, run: staticSuite },
  {
    name: 'unit',
    exists: () => holds('test/unit', '.spec.ts'),
    run: (options) => mochaSuite('unit', { ...options, processes: PROCESSES }),
  },
  { name: 'webview', exists: () => holds('test/webview', '.spec.ts'), run: webviewSuite },
  { name: 'host', exists: () => holds('test/host', '.test.ts'), run: hostSuite },
];

/** Types, lint and format, side by side, since each uses one core: each counts as one test. */
async function staticSuite({ log }) {
  const options = { cwd: repoRoot, timeout: 6 * minute };
  const ended = await Promise.all(
    ['typecheck', 'lint', 'format:check'].map(async (script) => ({
      script,
      ...(await run('npm', ['run', '--silent', script], options)),
    })),
  );
  const failed = ended.filter(({ code }) => code !== 0);
  for (const { script, output } of failed) log(`  FAIL  ${script}\n${output}`);
  return { passed: ended.length - failed.length, failed: failed.length, slow: [] };
}

function webviewSuite(options) {
  return browserSuite('webview', { ...options, processes: PROCESSES });
}

/** The suite of `npm run test:notebook`; `env` names the executed notebook. */
export function notebookSuite(options) {
  return browserSuite('notebook', options);
}

/** Gives the specs a Chromium and playwright-core by REPLENS_CHROMIUM and REPLENS_PLAYWRIGHT. */
async function browserSuite(name, { env: given = {}, ...options }) {
  const host = await ensureHost(options.log);
  const env = {
    ...process.env,
    ...given,
    REPLENS_CHROMIUM: host.chromium,
    REPLENS_PLAYWRIGHT: host.playwright,
  };
  return mochaSuite(name, { ...options, env });
}

/** Runs the spec files of a suite in one or more processes, each with a share of the files, and adds up what they count. */
async function mochaSuite(name, { processes = 1, ...options }) {
  const config = JSON.parse(readFileSync(join(repoRoot, `.mocharc.${name}.json`), 'utf8'));
  const files = readdirSync(join(repoRoot, 'test', name), { recursive: true })
    .filter((file) => file.endsWith('.spec.ts'))
    .sort()
    .map((file) => join('test', name, file));
  const shares = Array.from({ length: processes }, (_, share) =>
    files.filter((_, place) => place % processes === share),
  );
  const all = await Promise.all(shares.map((share) => mochaProcess(name, config, share, options)));
  const sum = (key) => all.reduce((total, counts) => total + counts[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), slow: all.flatMap(({ slow }) => slow) };
}

/** Runs mocha and counts by its stream of JSON lines; what the tests print themselves is passed on. */
async function mochaProcess(name, config, files, { log, grep, env = process.env }) {
  const counts = { passed: 0, failed: 0, slow: [] };
  let ended = false;
  const mocha = join(repoRoot, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [
    mocha,
    '--no-config',
    ...mochaFlags(config, grep),
    '--reporter',
    'json-stream',
    ...(grep ? ['--grep', grep] : []),
    ...files,
  ];
  const onLine = (line) => {
    const [event, test] = parseEvent(line) ?? [];
    if (event === 'pass') {
      counts.passed++;
      // a browser on a busy machine may miss a deadline once; that is said, so that nobody gets used to it
      if (test.currentRetry > 0) log(`  FLAKY passed at attempt ${test.currentRetry + 1}: ${test.fullTitle}`);
      counts.slow.push({ title: test.fullTitle, ms: test.duration ?? 0 });
    } else if (event === 'fail') {
      counts.failed++;
      log(`  FAIL  ${test.fullTitle}\n${(test.stack ?? test.err ?? '').replace(/^/gm, '        ')}`);
    } else if (event === 'end') ended = true;
    else if (event === undefined) log(line);
  };
  const { code, timedOut } = await run(process.execPath, args, {
    cwd: repoRoot,
    env,
    onLine,
    timeout: 20 * minute,
  });
  if (timedOut) return withFailure(counts, log, `the ${name} suite did not end within 20 minutes`);
  if (!ended) return withFailure(counts, log, `mocha ended early, with code ${code}`);
  if (code !== 0 && counts.failed === 0) return withFailure(counts, log, `mocha ended with code ${code}`);
  return counts;
}

/** The options of a mocha configuration as flags, without its `spec`, which a command line would only add to. */
function mochaFlags({ spec: _, failZero, ...options }, grep) {
  // a share of the files may hold no test that a filter lets through; `npm test` itself fails when none did
  const kept = grep ? options : { ...options, failZero };
  return Object.entries(kept).flatMap(([key, value]) => {
    const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    return [value].flat().flatMap((each) => [flag, String(each)]);
  });
}

/** A line of mocha's json-stream reporter, or undefined. */
function parseEvent(line) {
  if (!/^\["(start|pass|fail|end)",/.test(line)) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Runs test/host/runTest.mjs and adds up the results of each VS Code it started. */
async function hostSuite({ log, grep }) {
  const counts = { passed: 0, failed: 0, slow: [] };
  if (process.env.REPLENS_TEST_HOST !== 'desktop') await ensureHost(() => undefined);
  const env = { ...process.env, ...(grep ? { REPLENS_TEST_GREP: grep } : {}) };
  const onLine = (line) => {
    const result = /^REPLENS-RESULT (\{.*\})/.exec(line);
    if (!result) return log(line);
    const { passed, failed } = JSON.parse(result[1]);
    counts.passed += passed;
    counts.failed += failed;
  };
  const script = join(repoRoot, 'test', 'host', 'runTest.mjs');
  const { code, timedOut } = await run(process.execPath, [script], {
    cwd: repoRoot,
    env,
    onLine,
    timeout: 25 * minute,
  });
  if (timedOut) return withFailure(counts, log, 'the host suite did not end within 25 minutes');
  if (code !== 0 && counts.failed === 0)
    return withFailure(counts, log, `the host suite ended with code ${code}`);
  return counts;
}

/** Counts something that is no test of its own, such as a crash, as one failure. */
function withFailure(counts, log, sentence) {
  log(`  FAIL  ${sentence}`);
  return { ...counts, failed: counts.failed + 1 };
}
