// npm test [-- SUITE…] [--grep TEXT]: sets everything up, runs the suites one after another and says how many of each
// it ran. Ends with the line `N passed, N failed` and exit code 1 if anything failed or a suite ran no test.
import { build } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { suites } from './lib/suites.mjs';

const log = (line) => console.log(line);

/** Reads the command line into suites and a filter; throws on a suite that there is not. */
function parse(args) {
  const at = args.indexOf('--grep');
  const grep = at < 0 ? undefined : args[at + 1];
  const names = at < 0 ? args : args.toSpliced(at, 2);
  const known = suites.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) throw new Error(`There is no suite "${unknown}": use ${known.join(', ')}.`);
  return { grep, chosen: suites.filter(({ name }) => names.length === 0 || names.includes(name)) };
}

/** Runs one suite; a suite that throws, or finds no test where there are files, has failed. */
async function runSuite(suite, grep) {
  if (!suite.exists()) return { name: suite.name, none: true, passed: 0, failed: 0, slow: [], seconds: 0 };
  log(`\n== ${suite.name}`);
  const started = Date.now();
  const counts = await suite.run({ log, grep }).catch((error) => {
    log(`  FAIL  ${error.message}`);
    return { passed: 0, failed: 1, slow: [] };
  });
  if (counts.passed + counts.failed === 0) {
    log(`  FAIL  the suite ${suite.name} has files but ran no test`);
    counts.failed = 1;
  }
  const seconds = (Date.now() - started) / 1000;
  log(`${suite.name}: ${counts.passed} passed, ${counts.failed} failed in ${seconds.toFixed(1)} s`);
  return { name: suite.name, seconds, ...counts };
}

/** A table of counts and durations, with the slowest tests that took over a second. */
function printSummary(results, setupSeconds) {
  log('\nsuite      passed  failed  seconds');
  log(`set-up          -       -  ${setupSeconds.toFixed(1).padStart(7)}`);
  for (const { name, none, passed, failed, seconds } of results) {
    const counts = `${String(passed).padStart(6)}  ${String(failed).padStart(6)}  ${seconds.toFixed(1).padStart(7)}`;
    log(`${name.padEnd(10)} ${none ? 'none yet' : counts}`);
  }
  const slowest = results.flatMap(({ slow }) => slow).filter(({ ms }) => ms > 1000);
  slowest.sort((a, b) => b.ms - a.ms);
  for (const { title, ms } of slowest.slice(0, 5)) log(`slow: ${(ms / 1000).toFixed(1)} s  ${title}`);
}

async function main() {
  const { grep, chosen } = parse(process.argv.slice(2));
  const started = Date.now();
  await ensureDependencies(log);
  await build(log);
  const setupSeconds = (Date.now() - started) / 1000;
  const results = [];
  for (const suite of chosen) results.push(await runSuite(suite, grep));
  printSummary(results, setupSeconds);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
