// System packages: installed by apt-get where we are root on Debian or Ubuntu, asked for in one sentence elsewhere.
import { readFileSync } from 'node:fs';
import { onPath } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';

/** The distribution's ID in /etc/os-release, or undefined. */
export function distribution() {
  try {
    return /^ID="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** Whether this process may install system packages. */
export function canInstall() {
  return process.getuid?.() === 0 && onPath('apt-get') !== undefined;
}

/** Installs packages with apt-get; resolves to whether that worked. Call only if `canInstall()`. */
export async function aptInstall(packages, log) {
  log(`Installing ${packages.join(', ')} with apt-get.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  const { code } = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
    env,
  });
  return code === 0;
}

/** The first of the tools that two small native modules of code-server are built with that is missing, or undefined. */
async function missingBuildTool() {
  for (const tool of ['make', 'c++', 'python3']) {
    if ((await run(tool, ['--version'])).code !== 0) return tool;
  }
  return undefined;
}

/** Makes sure of a compiler, make and Python. Throws one sentence where they can't be installed from here. */
export async function ensureBuildTools(log) {
  if (!(await missingBuildTool())) return;
  if (canInstall()) await aptInstall(['build-essential', 'python3'], log);
  const missing = await missingBuildTool();
  if (!missing) return;
  const hint =
    process.platform === 'darwin' ? '"xcode-select --install"' : 'the packages build-essential and python3';
  throw new Error(
    `The test host needs ${missing} to build two native modules: install ${hint} and try again.`,
  );
}
