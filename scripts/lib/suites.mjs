// The suites of `npm test`. Each resolves to `{ passed, failed, slow }`; `slow` lists `{ title, ms }`.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureHost } from '../host/install.mjs';
import { repoRoot } from './paths.mjs';
import { run } from './run.mjs';

const minute = 60_000;

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
    run: (options) => mochaSuite('unit', options),
  },
  { name: 'webview', exists: () => holds('test/webview', '.spec.ts'), run: webviewSuite },
  { name: 'host', exists: () => holds('test/host', '.test.ts'), run: hostSuite },
];

/** Types, lint and format: each counts as one test. */
async function staticSuite({ log }) {
  const counts = { passed: 0, failed: 0, slow: [] };
  for (const script of ['typecheck', 'lint', 'format:check']) {
    const { code, output } = await run('npm', ['run', '--silent', script], {
      cwd: repoRoot,
      timeout: 6 * minute,
    });
    if (code === 0) counts.passed++;
    else {
      counts.failed++;
      log(`  FAIL  ${script}\n${output}`);
    }
  }
  return counts;
}

/** Gives the specs a Chromium and playwright-core by REPLENS_CHROMIUM and REPLENS_PLAYWRIGHT. */
async function webviewSuite(options) {
  const host = await ensureHost(options.log);
  const env = { ...process.env, REPLENS_CHROMIUM: host.chromium, REPLENS_PLAYWRIGHT: host.playwright };
  return mochaSuite('webview', { ...options, env });
}

/** Runs mocha and counts by its stream of JSON lines; what the tests print themselves is passed on. */
async function mochaSuite(name, { log, grep, env = process.env }) {
  const counts = { passed: 0, failed: 0, slow: [] };
  let ended = false;
  const mocha = join(repoRoot, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [
    mocha,
    '--config',
    `.mocharc.${name}.json`,
    '--reporter',
    'json-stream',
    ...(grep ? ['--grep', grep] : []),
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
    timeout: 10 * minute,
  });
  if (timedOut) return withFailure(counts, log, `the ${name} suite did not end within 10 minutes`);
  if (!ended) return withFailure(counts, log, `mocha ended early, with code ${code}`);
  if (code !== 0 && counts.failed === 0) return withFailure(counts, log, `mocha ended with code ${code}`);
  return counts;
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
    timeout: 12 * minute,
  });
  if (timedOut) return withFailure(counts, log, 'the host suite did not end within 12 minutes');
  if (code !== 0 && counts.failed === 0)
    return withFailure(counts, log, `the host suite ended with code ${code}`);
  return counts;
}

/** Counts something that is no test of its own, such as a crash, as one failure. */
function withFailure(counts, log, sentence) {
  log(`  FAIL  ${sentence}`);
  return { ...counts, failed: counts.failed + 1 };
}
