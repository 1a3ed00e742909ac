// Finds a Chromium that really launches, or gets one.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheRoot, onPath } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { aptInstall, canInstall, distribution } from './debian.mjs';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
];
const macPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Resolves to `{ path, version }` of a browser that passed a headless launch.
 * Order: REPLENS_CHROMIUM, the one that passed last time, PATH, Debian's package, playwright-core's download.
 */
export async function ensureChromium(host, log) {
  if (process.env.REPLENS_CHROMIUM) {
    const chosen = await launches(process.env.REPLENS_CHROMIUM);
    if (chosen) return chosen;
    throw new Error(
      `REPLENS_CHROMIUM names ${process.env.REPLENS_CHROMIUM}, which does not launch headless.`,
    );
  }
  const note = join(host.root, 'chromium.json');
  const known = await remembered(note);
  if (known) return known;
  const found = (await firstThatLaunches()) ?? (await fromDebian(log)) ?? (await fromPlaywright(host, log));
  if (!found) {
    throw new Error(
      'No Chromium here launches headless: install the package "chromium" (Debian) or Google Chrome, or name one in REPLENS_CHROMIUM.',
    );
  }
  await writeFile(note, JSON.stringify(found));
  return found;
}

/** The browser that passed last time, if its file is still the same one. */
async function remembered(note) {
  try {
    const known = JSON.parse(await readFile(note, 'utf8'));
    return (await stat(known.path)).mtimeMs === known.mtimeMs ? known : undefined;
  } catch {
    return undefined;
  }
}

async function firstThatLaunches() {
  const candidates = [...names.map(onPath), ...(process.platform === 'darwin' ? macPaths : [])];
  for (const path of candidates) {
    const browser = path && (await launches(path));
    if (browser) return browser;
  }
  return undefined;
}

/** A stub (Ubuntu's `chromium` in a container) answers or fails, but shows no page: so ask for one. */
async function launches(path) {
  const version = await run(path, ['--version'], { timeout: 20_000 });
  if (version.code !== 0) return undefined;
  if (!(await showsPage(path))) return undefined;
  const name = /^.*\b(Chrom|Edge).*$/m.exec(version.output)?.[0].trim() ?? 'Chromium';
  return { path, version: name.replace(/ built on.*/, ''), mtimeMs: (await stat(path)).mtimeMs };
}

/** Opens a page headless, with a profile of its own so that a person's running browser is left alone. */
async function showsPage(path) {
  const profile = await mkdtemp(join(tmpdir(), 'replens-chromium-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--no-first-run',
    '--disable-gpu',
    `--user-data-dir=${profile}`,
  ];
  const page = await run(path, [...flags, '--dump-dom', 'data:text/html,<p>launched</p>'], {
    timeout: 60_000,
  });
  await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  return page.output.includes('<p>launched</p>');
}

/** Debian ships a real package; Ubuntu's only points at a snap. */
async function fromDebian(log) {
  if (distribution() !== 'debian' || !canInstall()) return undefined;
  return (await aptInstall(['chromium'], log)) ? firstThatLaunches() : undefined;
}

async function fromPlaywright(host, log) {
  log('Downloading a Chromium with playwright-core.');
  const env = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: join(cacheRoot(), 'browsers') };
  const withDeps = canInstall() ? ['--with-deps'] : [];
  const cli = join(host.playwright, 'cli.js');
  const { code } = await run(host.node, [cli, 'install', ...withDeps, '--no-shell', 'chromium'], {
    env,
    timeout: 600_000,
  });
  if (code !== 0) return undefined;
  process.env.PLAYWRIGHT_BROWSERS_PATH = env.PLAYWRIGHT_BROWSERS_PATH;
  const { chromium } = createRequire(import.meta.url)(host.playwright);
  return launches(chromium.executablePath());
}
