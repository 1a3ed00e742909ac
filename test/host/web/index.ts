import 'mocha/mocha';
import * as vscode from 'vscode';
import { mochaOptions } from '../support/mochaOptions';

/** What Node would have in its environment: the runner leaves it in the workspace, since a browser has none. */
interface WebEnvironment {
  readonly REPLENS_BRIDGE: string;
  readonly REPLENS_TEST_GREP?: string;
}

declare global {
  // the bundle is made with `process.env` written so
  var replensEnvironment: WebEnvironment;
}

/** Runs the host tests of the web variant in a browser's extension host; VS Code calls it. See ../index.ts. */
export async function run(): Promise<void> {
  globalThis.replensEnvironment = await readEnvironment();
  mocha.setup(mochaOptions(60_000));
  const { REPLENS_TEST_GREP: title } = globalThis.replensEnvironment;
  if (title) mocha.grep(title);
  await import('./web.test');
  const { passed, failed } = await runMocha();
  console.log(`REPLENS-RESULT ${JSON.stringify({ suite: 'host', passed, failed })}`);
  if (failed > 0) throw new Error(`${failed} of ${passed + failed} host tests failed.`);
  if (passed === 0 && !title) throw new Error('No host test ran.');
}

async function readEnvironment(): Promise<WebEnvironment> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) throw new Error('No folder is open.');
  const file = vscode.Uri.joinPath(folder, '.vscode', 'replens-test.json');
  return JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(file))) as WebEnvironment;
}

function runMocha(): Promise<{ readonly passed: number; readonly failed: number }> {
  return new Promise((settle) => {
    let passed = 0;
    const runner = mocha.run((failed) => {
      settle({ passed, failed });
    });
    runner.on('pass', () => passed++);
  });
}
