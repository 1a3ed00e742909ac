// npm start [-- MODEL] [--no-open] [--serve]: installs and builds what is missing, shows what RepLens does with a
// model on the command line, then opens VS Code with the extension. The exit code is not 0 if anything failed.
// --no-open, no terminal or CI: ends after printing. --serve: a workbench for the browser even if there is a desktop.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { onPath, repoRoot } from './lib/paths.mjs';
import { ensureServer } from './host/install.mjs';
import { startServer, workbenchUrl } from './host/server.mjs';

const log = (line) => console.log(line);
const sample = join(repoRoot, 'samples', 'repvgg.onnx');

/** Reads the command line; npm's own separator may come through. */
function parse(args) {
  const flags = new Set(args.filter((arg) => arg.startsWith('--') && arg !== '--'));
  const [model, second] = args.filter((arg) => !arg.startsWith('--'));
  const unknown = [...flags].find((flag) => flag !== '--no-open' && flag !== '--serve');
  if (unknown || second)
    throw new Error(`Unknown argument ${unknown ?? second}: npm start [-- MODEL] [--no-open] [--serve].`);
  const quiet = flags.has('--no-open') || !process.stdout.isTTY || Boolean(process.env.CI);
  const chosen = model === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', model);
  if (chosen && !existsSync(chosen)) throw new Error(`There is no file ${chosen}: give the path of a model.`);
  return { model: chosen, open: !quiet || flags.has('--serve'), serve: flags.has('--serve') };
}

/** Runs one command of the command line tool under a heading; returns its exit code. */
function replens(heading, args) {
  const shown = args.map((arg) => (arg.startsWith(repoRoot) ? relative(repoRoot, arg) : arg)).join(' ');
  log(`\n== ${heading}\n$ replens ${shown}`);
  const { status } = spawnSync(process.execPath, [join(repoRoot, 'dist', 'cli.js'), ...args], {
    stdio: 'inherit',
  });
  return status ?? 1;
}

/** Inspect, fuse, verify; stops at the first that fails and returns its exit code. */
async function demonstrate(model) {
  const folder = await mkdtemp(join(tmpdir(), 'replens-start-'));
  const extension = extname(model);
  const fused = join(folder, `${basename(model, extension)}.fused${extension}`);
  const code =
    replens('What is in the model', ['inspect', model]) ||
    replens('Its branches merged', ['fuse', model, '-o', fused]) ||
    (existsSync(fused) ? replens('The merged model against the original', ['verify', model, fused]) : 0);
  if (existsSync(fused)) log(`\nThe merged model: ${fused}`);
  return code;
}

/** Desktop VS Code, where it can load an extension under development: not as root, not from a remote shell. */
function desktopCode() {
  const { env, platform } = process;
  if (process.getuid?.() === 0 || env.VSCODE_IPC_HOOK_CLI || env.SSH_CONNECTION || env.SSH_TTY)
    return undefined;
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return undefined;
  return onPath(platform === 'win32' ? 'code.cmd' : 'code');
}

/** Opens desktop VS Code and returns at once. */
function openDesktop(code, folder, files) {
  log(`\nOpening VS Code on ${folder}.`);
  const args = [`--extensionDevelopmentPath=${repoRoot}`, folder, ...files];
  return spawnSync(code, args, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
}

/** Serves a workbench on 127.0.0.1 until Ctrl-C. */
async function serve(folder, files) {
  log('\nServing a VS Code for the browser.');
  const server = await startServer(await ensureServer(log));
  log(`Open ${workbenchUrl(server, { folder, files, developmentPaths: [repoRoot] })}`);
  log('Only this machine can reach it. Ctrl-C ends it.');
  await new Promise((settle) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, settle);
  });
  await server.stop();
  return 0;
}

async function main() {
  const options = parse(process.argv.slice(2));
  await ensureDependencies(log);
  await ensureBuilt(log);
  const code = await demonstrate(options.model ?? sample);
  if (code !== 0 || !options.open) return code;
  const folder = dirname(options.model ?? sample);
  const files = options.model ? [options.model] : [];
  const desktop = options.serve ? undefined : desktopCode();
  return desktop ? openDesktop(desktop, folder, files) : serve(folder, files);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
