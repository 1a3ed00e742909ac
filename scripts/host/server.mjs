// Starts and stops a code-server with folders of its own.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, URLSearchParams } from 'node:url';
import { endGroup } from '../lib/run.mjs';

const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));

/** Settings that keep the workbench to what is being tested. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'git.openRepositoryInParentFolders': 'never',
  'files.simpleDialog.enable': true,
};

/**
 * Starts a code-server on a free port of 127.0.0.1 and waits until it answers.
 * `host` is from `ensureHost`; `userData` and `extensions` default to temporary folders that `stop` removes;
 * `trust: false` leaves Workspace Trust on; `env` adds to what the extension host sees.
 * Resolves to `{ url, port, pid, userData, extensions, readLog(), stop() }`; throws an Error with the log's end.
 */
export async function startServer(
  host,
  { userData, extensions, settings = {}, env = {}, trust = true } = {},
) {
  const temporary = await mkdtemp(join(tmpdir(), 'replens-server-'));
  const folders = {
    userData: userData ?? join(temporary, 'user-data'),
    extensions: extensions ?? join(temporary, 'extensions'),
  };
  await prepare(temporary, folders, settings);
  const port = await freePort();
  const logFile = join(temporary, 'server.log');
  const child = launch(host, serverArguments(host, port, temporary, folders, trust), { env, logFile });
  const readLog = () => readFile(logFile, 'utf8').catch(() => '');
  const stop = async () => {
    child.stdin.destroy();
    await endGroup(child.pid);
    await rm(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const url = `http://127.0.0.1:${port}`;
  if (!(await answers(`${url}/healthz`, child))) {
    const log = await readLog();
    await stop();
    throw new Error(`code-server did not answer within a minute. The end of its log:\n${log.slice(-3000)}`);
  }
  return { url, port, pid: child.pid, ...folders, readLog, stop };
}

/**
 * The workbench's address for a folder and development paths, all absolute paths on this machine.
 * `folder`, `files`, `testsPath` may be absent; `web`: in an extension host of the browser.
 */
export function workbenchUrl(
  server,
  { folder, workspace, developmentPaths, testsPath, files = [], web = false },
) {
  const remote = (path) => `vscode-remote://127.0.0.1:${server.port}${encodeURI(path)}`;
  const payload = [
    ...developmentPaths.map((path) => ['extensionDevelopmentPath', remote(path)]),
    ...(web ? [['extensionDevelopmentKind', 'web']] : []),
    ...(testsPath ? [['extensionTestsPath', remote(testsPath)]] : []),
    ...files.map((path) => ['openFile', remote(path)]),
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (workspace) query.set('workspace', workspace);
  else if (folder) query.set('folder', folder);
  else query.set('ew', 'true');
  return `${server.url}/?${query}`;
}

async function prepare(temporary, folders, settings) {
  const user = join(folders.userData, 'User');
  await mkdir(user, { recursive: true });
  await mkdir(folders.extensions, { recursive: true });
  const file = join(user, 'settings.json');
  if (!existsSync(file)) await writeFile(file, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  await writeFile(join(temporary, 'config.yaml'), '{}\n');
}

function serverArguments(host, port, temporary, folders, trust) {
  return [
    host.codeServer,
    ...['--config', join(temporary, 'config.yaml'), '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
    ...['--user-data-dir', folders.userData, '--extensions-dir', folders.extensions],
    ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
    ...(trust ? ['--disable-workspace-trust'] : []),
    '--ignore-last-opened',
    // without it the development extension in the address is ignored in silence
    ...['--vscode-option', 'enable-smoke-test-driver'],
  ];
}

function launch(host, args, { env, logFile }) {
  const log = createWriteStream(logFile);
  const child = spawn(host.node, [guard, host.node, ...args], {
    env: { ...serverEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  child.on('error', (error) => log.write(error.message));
  child.stdin.on('error', () => undefined);
  return child;
}

/** Settings of a VS Code or an npm that this script was started from would confuse the new one. */
function serverEnvironment() {
  const own = /^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|PASSWORD$|HASHED_PASSWORD$|PORT$|CODE_SERVER_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

async function answers(url, child) {
  for (let tries = 0; tries < 300 && child.exitCode === null && child.signalCode === null; tries++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await sleep(200);
  }
  return false;
}

/** A port of 127.0.0.1 that nothing listens on. */
function freePort() {
  return new Promise((settle, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => settle(port));
    });
  });
}
