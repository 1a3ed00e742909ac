// Packs the extension as `npm run package` does and installs the .vsix, for the variant that tests what people get.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureHost } from '../../../scripts/host/install.mjs';
import { repoRoot } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/run.mjs';

/**
 * Installs the packed extension into `extensions` and writes an empty one, since VS Code only runs tests beside an
 * extension under development. Returns the empty one's path. `dist` must have been built.
 */
export async function installPackage({ root, userData, extensions }) {
  const vsix = join(root, 'replens.vsix');
  const vsce = join(repoRoot, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  await must(process.execPath, [vsce, 'package', ...options, '--out', vsix]);
  const { node, codeServer } = await ensureHost();
  const folders = ['--user-data-dir', userData, '--extensions-dir', extensions];
  await must(node, [codeServer, ...folders, '--install-extension', vsix]);
  return emptyExtension(join(root, 'empty'));
}

async function must(command, args) {
  const { code, output } = await run(command, args, { cwd: repoRoot, timeout: 120_000 });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with code ${code}:\n${output}`);
}

async function emptyExtension(folder) {
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'empty', publisher: 'test', version: '0.0.1', engines: { vscode: '*' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}
