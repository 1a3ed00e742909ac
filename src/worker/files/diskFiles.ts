import { closeSync, existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { chunksLength, writeChunks } from '../../core/onnx/chunks';
import type { Chunk } from '../../core/ports';
import { raise, unwrap } from '../../core/result';
import { companionFiles } from '../../platform/node/companionFiles';
import { readInputFile } from '../../platform/node/readInputFile';
import { openRegularFile } from '../../platform/node/openFile';
import { isArchive, readModelFile } from '../../platform/node/readModelFile';
import { sampleFolders } from '../../platform/node/sampleFolders';
import { openSparsely } from '../../platform/node/sparseModelFile';
import {
  freeDataPath,
  writeAtomically,
  writePairAtomically,
  type FileContent,
} from '../../platform/node/writeAtomically';
import { breathe } from '../breathe';
import { companionList } from '../companionList';
import type { ModelFiles, ModelSource, SampleSet, WriteOptions, WrittenFrom } from './modelFiles';

/** Model files on a disk. All but writing is done before the promise is given, so no other call comes in between. */
export const diskFiles: ModelFiles = {
  stamp: (path) => Promise.resolve(stampOf(path)),
  read: async (path, { sparse = false }) => openOnDisk(path, { sparse: sparse && isArchiveAt(path) }),
  companions: async (path) => {
    const source = openOnDisk(path, { sparse: true });
    try {
      return companionList(source);
    } finally {
      source.close();
    }
  },
  write: async (source, output, encode, options) => {
    checkTarget(source, output);
    const dataPath = freeDataPath(output);
    const { main, external } = encode(basename(dataPath));
    const model = contentOf(main, output, options);
    const written =
      external.length === 0
        ? await writeAtomically(output, model.write, options)
        : await writePairAtomically(model, contentOf(external, dataPath, options), options);
    unwrap(written);
    return chunksLength(main) + chunksLength(external);
  },
  samples: samplesBeside,
  input: async (path) => readInputFile(path),
};

/** A model file on a disk. @param options.sparse leaves weights unread until they are asked for. */
export function openOnDisk(
  path: string,
  { sparse = false }: { readonly sparse?: boolean } = {},
): ModelSource {
  const file = sparse ? openSparsely(path) : null;
  const bytes = file?.bytes ?? unwrap(readModelFile(path));
  const companions = companionFiles(path);
  return {
    ...{ title: path, name: basename(path), bytes, companions },
    ...(file === null ? {} : { touch: file.touch }),
    close: () => {
      companions.close();
      file?.close();
    },
  };
}

/** Other models are read at once: they lie whole in the memory, whatever becomes of their file. */
function isArchiveAt(path: string): boolean {
  const file = openRegularFile(path);
  try {
    return isArchive(file, path);
  } finally {
    closeSync(file.descriptor);
  }
}

/** Changes with the file; empty where there is none. */
function stampOf(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  return status === undefined ? '' : `${status.mtimeMs} ${status.size} ${status.ino}`;
}

function contentOf(chunks: readonly Chunk[], path: string, watch: WriteOptions): FileContent {
  return { path, write: (sink) => writeChunks(chunks, sink, { ...watch, pause: breathe }) };
}

/** The output must be a file of its own: no folder, and not the source or its data under this or another name. */
function checkTarget({ path, companions }: WrittenFrom, output: string): void {
  const target = statSync(output, { throwIfNoEntry: false });
  if (target === undefined) {
    const folder = dirname(output);
    if (!existsSync(folder)) raise('not-found', `The folder "${folder}" does not exist; make it first.`);
    return;
  }
  if (target.isDirectory()) raise('usage', `"${output}" is a folder; name a file in it.`);
  const isSame = (file: string): boolean => {
    const own = statSync(file, { throwIfNoEntry: false });
    return own !== undefined && own.ino === target.ino && own.dev === target.dev;
  };
  if (isSame(path))
    raise('usage', `"${output}" is the source itself, which is never overwritten; choose another name.`);
  if ([...companions.names].some((name) => isSame(join(dirname(path), name))))
    raise(
      'usage',
      `"${output}" holds weights of the source, which is never overwritten; choose another name.`,
    );
}

async function samplesBeside(path: string): Promise<readonly SampleSet[]> {
  const sets = await sampleFolders(path);
  const folder = companionFiles(path);
  try {
    return sets.map((paths) => ({
      label: dirname(paths[0] ?? ''),
      files: paths.map((file) => {
        const source = folder.open(file);
        return { name: file.slice(file.lastIndexOf('/') + 1), bytes: source.read(0, source.size) };
      }),
    }));
  } finally {
    folder.close();
  }
}
