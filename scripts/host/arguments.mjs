// The part of VS Code's command line that the test host understands.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const withValue = new Set([
  'extensionDevelopmentPath',
  'extensionTestsPath',
  'extensionDevelopmentKind',
  'user-data-dir',
  'extensions-dir',
  'folder-uri',
  'file-uri',
  'locale',
  'log',
]);

/**
 * Reads VS Code's arguments. Paths come back absolute; unknown flags are ignored, as VS Code does.
 * Returns `{ developmentPaths, testsPath, userData, extensions, folder, workspace, files, trust, webgpu, web }`.
 */
export function parseArguments(args, cwd = process.cwd()) {
  const { values, positional } = split(args);
  const path = (text) => resolve(cwd, text.startsWith('file:') ? fileURLToPath(text) : text);
  const one = (name) => values.get(name)?.map(path).at(-1);
  const opened = [...(values.get('folder-uri') ?? []), ...(values.get('file-uri') ?? []), ...positional].map(
    path,
  );
  const isWorkspace = (name) => name.endsWith('.code-workspace');
  return {
    developmentPaths: (values.get('extensionDevelopmentPath') ?? []).map(path),
    testsPath: one('extensionTestsPath'),
    userData: one('user-data-dir'),
    extensions: one('extensions-dir'),
    folder: opened.find(isFolder),
    workspace: opened.find(isWorkspace),
    files: opened.filter((name) => !isFolder(name) && !isWorkspace(name)),
    trust: values.has('disable-workspace-trust') && !values.has('enable-workspace-trust'),
    webgpu: !values.has('disable-gpu'),
    web: values.get('extensionDevelopmentKind')?.at(-1) === 'web',
  };
}

/** Cuts `--name=value`, `--name value` (of names that take one), flags and positional arguments apart. */
function split(args) {
  const values = new Map();
  const positional = [];
  for (let index = 0; index < args.length; index++) {
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(args[index]);
    if (!match) {
      positional.push(args[index]);
      continue;
    }
    const [, name, given] = match;
    const value = given ?? (withValue.has(name) ? (args[++index] ?? '') : '');
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return { values, positional };
}

function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
