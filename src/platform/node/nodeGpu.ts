import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, ok, type Result } from '../../core/result';

/** Dawn as an npm package: binaries of 130 MB, so it is nobody's dependency and is only used where somebody installed it. */
const PACKAGE = 'webgpu';
const OLDEST_NODE = 22;

interface Dawn {
  create(options: readonly string[]): unknown;
  readonly globals: object;
}

/**
 * Gives this process a `navigator.gpu`, by the `webgpu` package beside RepLens or in the current folder. It keeps the process
 * alive: end with `process.exit`. A problem says how to get it.
 */
export async function installNodeGpu(): Promise<Result<void>> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE)
    return fail(
      'unsupported',
      `WebGPU on the command line needs Node ${OLDEST_NODE} or newer with the package "${PACKAGE}" (npm install ${PACKAGE}); this is Node ${process.versions.node}.`,
    );
  const path = resolved();
  if (path === null)
    return fail(
      'unsupported',
      `WebGPU on the command line needs the package "${PACKAGE}"; run npm install ${PACKAGE} here, or verify in VS Code.`,
    );
  try {
    const dawn = (await import(pathToFileURL(path).href)) as Dawn;
    Object.assign(globalThis, dawn.globals);
    const gpu = dawn.create([]);
    Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
    return ok(undefined);
  } catch (error) {
    const words = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
    return fail('failed', `The package "${PACKAGE}" can't be started: ${words.replace(/\.+$/, '')}.`);
  }
}

/** Where the package's entry lies; null: it is not installed. */
function resolved(): string | null {
  for (const from of [__filename, join(process.cwd(), 'index.js')]) {
    try {
      return createRequire(from).resolve(PACKAGE);
    } catch {
      // the next place
    }
  }
  return null;
}
