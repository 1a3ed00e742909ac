import { MOST_FILE_BYTES } from '../../core/inputs/limits';
import type { InputFile } from '../../core/inputs/readSamples';
import type { CompanionFiles } from '../../core/ports';
import { raise, unwrap } from '../../core/result';
import { checkCompanionPath } from '../../platform/companionPath';
import type { FileAddress, HostFileMethods } from '../../protocol/hostFiles';
import type { CallOptions, Rpc } from '../../protocol/rpc';
import { companionList } from '../companionList';
import { memoryCompanions } from '../memoryCompanions';
import { areSameFile, nameInAddress } from './addresses';
import type { ModelFiles, ModelSource, WrittenFrom } from './modelFiles';
import { checkWhole, wholeModel } from './wholeFile';

export type HostFiles = Pick<Rpc<HostFileMethods>, 'call'>;

/** Model files that the extension host hands over, by address: read and written whole, up to a limit. */
export function hostModelFiles(host: HostFiles): ModelFiles {
  return {
    stamp: async (address) => (await stat(host, { address, beside: null }))?.stamp ?? '',
    read: async (address, { signal }) => {
      const options = signal === undefined ? {} : { signal };
      const main = await readModel(host, address, options);
      const names = companionList({ ...main, companions: NAMES_ONLY });
      const companions = await readCompanions(host, address, names, main.bytes.length, options);
      return { ...main, companions: memoryCompanions(companions) };
    },
    companions: async (address) => {
      const source = await readModel(host, address, {});
      const names = companionList({ ...source, companions: NAMES_ONLY });
      if (names.length > 0) checkCompanionAddress(address);
      return names;
    },
    write: async (source, output, encode, { replace, ...watch }) => {
      checkTarget(source, output);
      const title = nameInAddress(output);
      if (!replace && (await stat(host, { address: output, beside: null })) !== null)
        raise('exists', `"${title}" exists already.`);
      const { buffer } = await wholeModel(encode(`${title}.data`), title, watch);
      const { byteLength } = buffer;
      const signal = watch.signal === undefined ? {} : { signal: watch.signal };
      const params = { address: output, bytes: buffer, replace };
      unwrap(await host.call('writeFile', params, { ...signal, transfer: [buffer] }));
      return byteLength;
    },
    samples: async (address) => {
      const sets = unwrap(await host.call('sampleFiles', { address }));
      return Promise.all(
        sets.map(async (paths) => ({
          label: paths[0]?.split('/')[0] ?? '',
          files: await Promise.all(paths.map((beside) => readInput(host, { address, beside }))),
        })),
      );
    },
    input: (address) => readInput(host, { address, beside: null }),
  };
}

/** Tells which files a model names: they are there, however long, and nobody reads them. */
const NAMES_ONLY: CompanionFiles = {
  open: (path) => {
    checkCompanionPath(path);
    return {
      size: Number.MAX_SAFE_INTEGER,
      read: () => raise('failed', `"${path}" was read before it was handed over.`),
    };
  },
};

async function stat(host: HostFiles, file: FileAddress) {
  return unwrap(await host.call('statFile', file));
}

async function readModel(host: HostFiles, address: string, options: CallOptions): Promise<ModelSource> {
  const title = nameInAddress(address);
  const file = { address, beside: null };
  const status = await stat(host, file);
  if (status === null) raise('not-found', `"${title}" does not exist; check the name.`);
  checkWhole(status.size, title);
  const bytes = new Uint8Array(unwrap(await host.call('readFile', file, options)));
  return { title, name: title, bytes, companions: NAMES_ONLY, close: () => undefined };
}

async function readCompanions(
  host: HostFiles,
  address: string,
  names: readonly string[],
  before: number,
  options: CallOptions,
): Promise<Readonly<Record<string, ArrayBuffer>>> {
  if (names.length > 0) checkCompanionAddress(address);
  let size = before;
  for (const beside of names) {
    const status = await stat(host, { address, beside });
    if (status === null)
      raise('not-found', `"${beside}", which holds weights of the model, does not exist beside it.`);
    checkWhole((size += status.size), nameInAddress(address));
  }
  const files: [string, ArrayBuffer][] = [];
  for (const beside of names)
    files.push([beside, unwrap(await host.call('readFile', { address, beside }, options))]);
  return Object.fromEntries(files);
}

/** A version in a repository and the like have the file in their query: what lies beside it can't be named. */
function checkCompanionAddress(address: string): void {
  if (!address.includes('?')) return;
  raise(
    'unsupported',
    `The weights of "${nameInAddress(address)}" lie in files beside it, which cannot be found here; open the model in its folder.`,
  );
}

async function readInput(host: HostFiles, file: FileAddress): Promise<InputFile> {
  const name = file.beside?.split('/').at(-1) ?? nameInAddress(file.address);
  const status = await stat(host, file);
  if (status === null) raise('not-found', `"${name}" does not exist; check the name.`);
  if (status.size > MOST_FILE_BYTES)
    raise('unsupported', `"${name}" has more than ${MOST_FILE_BYTES / 2 ** 20} MB; give a smaller file.`);
  return { name, bytes: new Uint8Array(unwrap(await host.call('readFile', file))) };
}

/** The output must be a file of its own. */
function checkTarget({ path, companions }: WrittenFrom, output: string): void {
  const isCompanion = [...companions.names].some((name) => areSameFile(output, path, name));
  if (!areSameFile(output, path) && !isCompanion) return;
  raise(
    'usage',
    `"${nameInAddress(output)}" ${isCompanion ? 'holds weights of the source' : 'is the source itself'}, which is never overwritten; choose another name.`,
  );
}
