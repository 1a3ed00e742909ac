// Runs the host suite: bundles the tests, then starts a VS Code for each variant that has tests.
// Default: code-server and a headless Chromium. REPLENS_TEST_HOST=desktop: a downloaded desktop VS Code.
// REPLENS_TEST_GREP: only tests whose title holds this text. REPLENS_TEST_ONLY: only these variants, "plain,restricted".
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { quietSettings } from '../../scripts/host/server.mjs';
import { repoRoot } from '../../scripts/lib/paths.mjs';
import { Activations } from './support/activations.mjs';
import { installPackage } from './support/installPackage.mjs';
import { bundleWebTests, prepareWebWorkspace } from './support/webHost.mjs';

const sources = join(repoRoot, 'test', 'host');
const bundles = join(repoRoot, 'dist', 'test-host');
const codeHost = join(repoRoot, 'scripts', 'host', 'codeHost.mjs');
const activations = new Activations(join(bundles, 'activations.txt'));
const desktop = process.env.REPLENS_TEST_HOST === 'desktop';

/** Each variant is one start of VS Code; a test file `x.<name>.test.ts` runs in that variant only. */
const variants = [
  { name: '', title: 'plain', args: desktop ? ['--enable-unsafe-webgpu', '--enable-features=Vulkan'] : [] },
  { name: 'nogpu', title: 'no WebGPU adapter', args: ['--disable-gpu'] },
  { name: 'restricted', title: 'Restricted Mode', args: ['--enable-workspace-trust'] },
  // without an adapter: the sample's eight blocks would be a minute of shaders for a CPU
  { name: 'packaged', title: 'the packed extension, installed', args: ['--disable-gpu'], packaged: true },
  {
    name: 'web',
    title: 'an extension host in the browser',
    args: ['--extensionDevelopmentKind=web'],
    // the browser's workbench does not look at the kind of an extension that has a form for Node as well
    settings: { 'remote.extensionKind': { 'replens.replens': ['web'] }, 'replens.verify.samples': 1 },
    // its tests are bundled apart: nothing of Node is there
    tests: join('web', 'index.js'),
  },
];

/** Bundles index.ts and every test file; mocha stays outside, so that all files share the one that runs them. */
async function bundle() {
  const names = (await readdir(sources, { recursive: true })).filter(
    (name) => name.endsWith('.test.ts') && !name.startsWith('web'),
  );
  if (names.length === 0) throw new Error('test/host holds no *.test.ts file.');
  await rm(bundles, { recursive: true, force: true });
  await build({
    entryPoints: ['index.ts', ...names].map((name) => join(sources, name)),
    outdir: bundles,
    outbase: sources,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  await bundleWebTests(sources, join(bundles, 'web'));
  return [...names, 'web.web.test.ts'];
}

/** A workspace of its own for every start: a copy of test/host/workspace, so that tests may write into it. */
async function prepareFolders(settings) {
  const root = await mkdtemp(join(tmpdir(), 'replens-host-'));
  const workspace = join(root, 'workspace');
  await mkdir(join(root, 'user-data', 'User'), { recursive: true });
  await mkdir(workspace);
  await writeFile(
    join(root, 'user-data', 'User', 'settings.json'),
    JSON.stringify({ ...quietSettings, ...settings }),
  );
  const template = join(sources, 'workspace');
  if (existsSync(template)) await cp(template, workspace, { recursive: true });
  return { root, workspace };
}

/** Runs one variant; resolves to whether it passed. */
async function runVariant({ name, title, args, packaged = false, tests = 'index.js', settings = {} }) {
  console.log(
    `Host tests (${title}) in ${desktop ? 'a desktop VS Code' : 'code-server and headless Chromium'}.`,
  );
  const { root, workspace } = await prepareFolders(settings);
  const [userData, extensions] = [join(root, 'user-data'), join(root, 'extensions')];
  const profile = [`--user-data-dir=${userData}`, `--extensions-dir=${extensions}`];
  try {
    if (name === 'web') await prepareWebWorkspace(workspace);
    const developed = packaged ? await installPackage({ root, userData, extensions }) : repoRoot;
    await runTests({
      ...(desktop ? {} : { vscodeExecutablePath: codeHost }),
      extensionDevelopmentPath: developed,
      extensionTestsPath: join(bundles, tests),
      extensionTestsEnv: { REPLENS_TEST_VARIANT: name, REPLENS_TEST_ACTIVATIONS: activations.path },
      launchArgs: [workspace, ...profile, ...(packaged ? [] : ['--disable-extensions']), ...args],
    });
    return true;
  } catch (error) {
    console.error(`Host tests (${title}): ${error.message}`);
    return false;
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

const names = await bundle();
const suffix = (name) => /\.(\w+)\.test\.ts$/.exec(name)?.[1] ?? '';
const unknown = names.find((name) => !variants.some((variant) => variant.name === suffix(name)));
if (unknown) throw new Error(`test/host/${unknown} names a variant that runTest.mjs does not have.`);
await activations.clear();
const only = process.env.REPLENS_TEST_ONLY?.split(',');
for (const variant of variants) {
  if (only && !only.includes(variant.name || 'plain')) continue;
  if (!names.some((name) => suffix(name) === variant.name)) continue;
  if (!(await runVariant(variant))) process.exitCode = 1;
}
if (!(await activations.hold())) process.exitCode = 1;
