import type { Runner, Test } from 'mocha';
import { bridge, hasBridge } from './bridge';

/** Prints each test as one finished line: the extension host's console passes arguments on unformatted. */
export function lineReporter(runner: Runner): void {
  const say = (line: string): void => {
    console.log(line);
  };
  runner.on('pass', (test) => {
    say(`  ok    ${test.fullTitle()} (${test.duration ?? 0} ms)`);
  });
  runner.on('retry', (test, error: unknown) => {
    say(`  FLAKY ${test.fullTitle()}, tried again\n${describeError(error)}`);
  });
  runner.on('fail', (test, error: unknown) => {
    say(`  FAIL  ${test.fullTitle()}\n${describeError(error)}`);
  });
}

/** Saves what the window showed when a test failed. Must run before the test's own cleanup does. */
export async function pictureFailure(test: Test): Promise<void> {
  if (test.state !== 'failed' || !hasBridge()) return;
  const path = await bridge.screenshot(`failed ${test.fullTitle()}`).catch(String);
  console.log(`  screenshot of the failure: ${path}`);
}

function describeError(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.replace(/^/gm, '        ');
}
