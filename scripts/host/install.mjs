// Installs a real VS Code to test in (code-server, a Node 24 for it, playwright-core and a Chromium) once per machine.
// Run as a script it installs and says where; as a module it is `ensureHost`.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheRoot } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureBuildTools } from './debian.mjs';
import { hostKey, nodePackage, versions } from './versions.mjs';

const doneMarker = 'installed.json';

/** Where the parts of an installation are. */
function layout(root) {
  const modules = join(root, 'node_modules');
  return {
    root,
    node: join(modules, nodePackage, 'bin', 'node'),
    codeServer: join(modules, 'code-server', 'out', 'node', 'entry.js'),
    playwright: join(modules, 'playwright-core'),
  };
}

/**
 * Returns the test host, installing what is missing.
 * Resolves to `{ root, node, codeServer, playwright, chromium }`, all absolute paths.
 * Throws an Error of one sentence that says what to install where this machine can't do it by itself.
 */
export async function ensureHost(log = () => undefined) {
  const host = await ensureServer(log);
  const chromium = await ensureChromium(host, log);
  log(`Test host: code-server ${versions['code-server']}, ${chromium.version}.`);
  return { ...host, chromium: chromium.path };
}

/** The same without a Chromium, which serving a workbench to a person's own browser does not need. */
export async function ensureServer(log = () => undefined) {
  if (process.platform === 'win32') {
    throw new Error(
      'code-server does not run on Windows: set REPLENS_TEST_HOST=desktop to test in a desktop VS Code.',
    );
  }
  const root = join(cacheRoot(), 'hosts', hostKey);
  if (!existsSync(join(root, doneMarker))) await install(root, log);
  return layout(root);
}

/** Builds the installation in a folder beside `root`, then renames it into place: an interrupted one is redone. */
async function install(root, log) {
  await ensureBuildTools(log);
  const parent = join(root, '..');
  await mkdir(parent, { recursive: true });
  await removeLeftovers(parent);
  const building = await mkdtemp(join(parent, `.building-${process.pid}-`));
  const started = Date.now();
  log(`Installing code-server ${versions['code-server']} into ${root} (once, a minute or two).`);
  try {
    await installPackages(building);
    await writeFile(join(building, doneMarker), JSON.stringify({ versions, date: new Date().toISOString() }));
    await moveIntoPlace(building, root);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  log(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** The npm steps: the packages themselves, then the dependencies that code-server's package leaves out. */
async function installPackages(root) {
  const manifest = {
    name: 'replens-test-host',
    private: true,
    dependencies: {
      'code-server': versions['code-server'],
      [nodePackage]: versions.node,
      'playwright-core': versions['playwright-core'],
    },
  };
  await writeFile(join(root, 'package.json'), JSON.stringify(manifest));
  const lean = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await npm(['install', ...lean], root, root);
  const vscode = join(root, 'node_modules', 'code-server', 'lib', 'vscode');
  await npm(['install', '--omit=dev', '--no-save', ...lean], vscode, root);
  await npm(['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], vscode, root);
  await npm(['install', '--omit=dev', '--no-save', ...lean], join(vscode, 'extensions'), root);
}

/** Runs npm on the installation's own Node once there is one; its headers serve the native modules. */
async function npm(args, cwd, root) {
  const home = join(root, 'node_modules', nodePackage);
  // `npm test` leaves settings of this project in the environment; they don't belong to the other folder
  const ours = /^npm_(package|lifecycle|config_local_prefix|config_nodedir)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  env.PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD = '1';
  if (existsSync(home))
    Object.assign(env, { PATH: `${join(home, 'bin')}:${env.PATH}`, npm_config_nodedir: home });
  const { code, output } = await run('npm', args, { cwd, env });
  if (code !== 0) {
    throw new Error(`npm ${args.join(' ')} failed while installing the test host:\n${output.slice(-3000)}`);
  }
}

/** A second process may have finished first: then its installation stays and ours is dropped. */
async function moveIntoPlace(building, root) {
  if (existsSync(root) && !existsSync(join(root, doneMarker)))
    await rm(root, { recursive: true, force: true });
  try {
    await rename(building, root);
  } catch (error) {
    if (!existsSync(join(root, doneMarker))) throw error;
  }
}

/** Removes what interrupted installations of processes that have ended left behind. */
async function removeLeftovers(parent) {
  for (const name of await readdir(parent)) {
    const pid = /^\.building-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await ensureHost(console.log);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
