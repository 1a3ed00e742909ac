import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { workspace } from 'vscode';
import { mochaOptions } from './support/mochaOptions';
import { extension } from './support/workspace';

/**
 * Runs the host tests of one variant inside the extension host; VS Code calls it.
 * REPLENS_TEST_VARIANT chooses the files: `x.test.js` without it, `x.<variant>.test.js` with it.
 * Rejects if a test failed, or none was found without REPLENS_TEST_GREP. Prints `REPLENS-RESULT {"suite","passed","failed"}` for scripts.
 */
export async function run(): Promise<void> {
  // a shape more is its shaders compiled once more, which takes a CPU that plays a GPU seconds
  await workspace.getConfiguration('replens').update('verify.samples', 1, true);
  const mocha = new Mocha({
    ...mochaOptions(120_000),
    ...(process.env['REPLENS_TEST_GREP'] ? { grep: process.env['REPLENS_TEST_GREP'] } : {}),
  });
  for (const file of testFiles(process.env['REPLENS_TEST_VARIANT'] ?? '')) mocha.addFile(file);
  const { passed, failed } = await runMocha(mocha);
  noteActivation();
  console.log(`REPLENS-RESULT ${JSON.stringify({ suite: 'host', passed, failed })}`);
  if (failed > 0) throw new Error(`${failed} of ${passed + failed} host tests failed.`);
  if (passed === 0 && !process.env['REPLENS_TEST_GREP']) throw new Error('No host test ran.');
}

/** The bundled test files of a variant, beside this file. */
function testFiles(variant: string): readonly string[] {
  return readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js') && (/\.(\w+)\.test\.js$/.exec(name)?.[1] ?? '') === variant)
    .sort()
    .map((name) => join(__dirname, name));
}

/** Adds how long this start's activation took to the file that REPLENS_TEST_ACTIVATIONS names, for runTest.mjs to judge. */
function noteActivation(): void {
  const path = process.env['REPLENS_TEST_ACTIVATIONS'];
  const found = extension();
  if (path !== undefined && found.isActive) appendFileSync(path, `${found.exports.activationMs}\n`);
}

function runMocha(mocha: Mocha): Promise<{ readonly passed: number; readonly failed: number }> {
  return new Promise((settle) => {
    let passed = 0;
    const runner = mocha.run((failed) => {
      settle({ passed, failed });
    });
    runner.on('pass', () => passed++);
  });
}
