#!/usr/bin/env node
// A VS Code for tests: takes VS Code's arguments, runs them in code-server and a headless Chromium, prints what the
// extension host prints and exits with the tests' exit code. Give it to @vscode/test-electron as `vscodeExecutablePath`.
// REPLENS_HOST_TIMEOUT: seconds until the run is given up (default 600). REPLENS_HOST_VERBOSE=1: the workbench's own log too.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArguments } from './arguments.mjs';
import { screenshot, startBridge } from './bridge.mjs';
import { launchBrowser } from './browser.mjs';
import { ensureHost } from './install.mjs';
import { startServer, workbenchUrl } from './server.mjs';

/** What the workbench itself says at every start; it tells nothing about the tests. */
const chatter =
  /^(Resolv(ing|ed) connection token|Creat(ing a socket|ion of workbench)|Updating additional|Ignoring fetching|\[(reconnection|Service Worker|AgentHost|AccountPolicyGate))/;

const limit = Number(process.env.REPLENS_HOST_TIMEOUT ?? 600) * 1000;

/** Runs the tests and resolves to their exit code. `defer` takes what must be undone in the end, last first. */
async function runInWorkbench(options, defer, interrupted) {
  const host = await ensureHost(console.log);
  let page;
  const bridge = await startBridge(() => page);
  defer(() => bridge.close());
  const { userData, extensions, trust } = options;
  if (options.web) await leaveEnvironment(options.folder, bridge.url);
  // an empty gallery: a test must not ask a marketplace for anything
  const env = { REPLENS_BRIDGE: bridge.url, EXTENSIONS_GALLERY: '{}' };
  const server = await startServer(host, { userData, extensions, trust, env });
  defer(() => server.stop());
  const browser = await launchBrowser(host, { webgpu: options.webgpu, signals: false });
  defer(() => browser.close());
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  bridge.watch(page);
  const finished = testsExit(page);
  await page.goto(workbenchUrl(server, options));
  const outcome = await Promise.race([finished, interrupted, timeout()]);
  if (typeof outcome === 'number') return outcome;
  console.error(`${outcome} ${await diagnosis(page, server)}`);
  return 1;
}

/** An extension host in the browser has no environment: its tests read it from a file of their workspace. */
async function leaveEnvironment(folder, bridge) {
  const { REPLENS_TEST_GREP } = process.env;
  await mkdir(join(folder, '.vscode'), { recursive: true });
  const file = join(folder, '.vscode', 'replens-test.json');
  await writeFile(file, JSON.stringify({ REPLENS_BRIDGE: bridge, REPLENS_TEST_GREP }));
}

/** Resolves to the exit code of the tests or to the reason why there is none. */
function testsExit(page) {
  return new Promise((settle) => {
    const exposed = [
      page.exposeFunction('codeAutomationLog', (type, args) => printLog(type, args)),
      page.exposeFunction('codeAutomationExit', (code) => settle(code)),
    ];
    page.on('crash', () => settle('The page of the workbench crashed.'));
    page
      .context()
      .browser()
      .on('disconnected', () => settle('Chromium ended before the tests did.'));
    Promise.all(exposed).catch((error) => settle(error.message));
  });
}

function printLog(type, args) {
  const text = args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ');
  if (chatter.test(text) && !process.env.REPLENS_HOST_VERBOSE) return;
  (type === 'error' || type === 'warn' ? process.stderr : process.stdout).write(`${text}\n`);
}

function timeout() {
  return new Promise((settle) => {
    setTimeout(() => settle(`The tests did not end within ${limit / 1000} s.`), limit).unref();
  });
}

async function diagnosis(page, server) {
  const picture = await screenshot(page, 'gave-up').catch(() => 'no screenshot');
  return `Screenshot: ${picture}. The end of the server's log:\n${(await server.readLog()).slice(-2000)}`;
}

async function main() {
  const undo = [];
  const interrupted = new Promise((settle) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.on(signal, () => settle(`Interrupted by ${signal}.`));
  });
  try {
    return await runInWorkbench(
      parseArguments(process.argv.slice(2)),
      (step) => undo.push(step),
      interrupted,
    );
  } catch (error) {
    console.error(error.message);
    return 1;
  } finally {
    for (const step of undo.reverse()) await Promise.resolve(step()).catch(() => undefined);
  }
}

process.exit(await main());
