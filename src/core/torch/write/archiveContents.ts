import { lazyChunk } from '../../onnx/chunks';
import type { Chunk } from '../../ports';
import { raise } from '../../result';
import { byteLength } from '../../tensor/tensor';
import type { Archive } from '../archive/archive';
import type { ZipContent } from '../archive/zipWriter';
import type { NewTensor } from './graphWriter';
import { isObject, objectIn, parseTagged, printTagged, textIn, type JsonObject } from './taggedJson';

/** The archive of PyTorch 2.9 and later: each tensor in an entry of its own, and a list of them. */
const MODEL = /^models\/([^/]+)\.json$/;
/** A number that PyTorch makes of what it writes; without it nothing is missed. */
const CONTENT_HASH = '.data/serialization_id';

/** Whether an archive is laid out as it is written here. */
export function isWritableArchive(archive: Archive, entry: string): boolean {
  const model = MODEL.exec(entry)?.[1];
  return model !== undefined && archive.has(listName('weights', model));
}

function listName(role: 'weights' | 'constants', model: string): string {
  return `data/${role}/${model}_${role}_config.json`;
}

export interface ArchiveChange {
  /** Name of the entry that holds the graph, and its new content. */
  readonly entry: string;
  readonly program: JsonObject;
  readonly dropped: ReadonlySet<string>;
  readonly tensors: readonly NewTensor[];
  /** What the program says of a new tensor. */
  meta(name: string): JsonObject;
}

/** The entries of the archive with its new program: what has not changed is copied byte for byte. */
export function archiveContents(archive: Archive, change: ArchiveChange): readonly ZipContent[] {
  const model = MODEL.exec(change.entry)?.[1] ?? '';
  const weights = weightList(archive, listName('weights', model), change);
  const constants = archive.has(listName('constants', model))
    ? tensorList(archive, listName('constants', model), change.dropped)
    : null;
  const gone = new Set([
    ...weights.gone.map((name) => `data/weights/${name}`),
    ...(constants?.gone ?? []).map((name) => `data/constants/${name}`),
  ]);
  const root = 'model';
  const contents: ZipContent[] = [];
  const add = (name: string, ...content: Chunk[]): number =>
    contents.push({ name: `${root}/${name}`, content });
  for (const name of archive.names) {
    if (gone.has(name) || name === CONTENT_HASH) continue;
    if (name === change.entry) add(name, text(change.program));
    else if (name === listName('constants', model) && constants !== null) add(name, text(constants.list));
    else if (name === listName('weights', model)) {
      for (const { path, tensor, label } of weights.added)
        add(
          `data/weights/${path}`,
          lazyChunk(byteLength(tensor), () => tensor.pieces?.() ?? [tensor.bytes()], label),
        );
      add(name, text(weights.list));
    } else add(name, copied(archive, name));
  }
  return contents;
}

const text = (value: JsonObject): Uint8Array => new TextEncoder().encode(printTagged(value));

/** Parts of this size are read from the old archive at a time. */
const PART_BYTES = 2 ** 23;

function copied(archive: Archive, name: string): Chunk {
  const source = archive.open(name);
  return lazyChunk(
    source.size,
    function* () {
      for (let at = 0; at < source.size; at += PART_BYTES)
        yield source.read(at, Math.min(PART_BYTES, source.size - at));
    },
    name,
  );
}

interface TensorList {
  readonly list: JsonObject;
  /** Files that no tensor lies in any more. */
  readonly gone: readonly string[];
}

/** A list without some of its tensors; a file that others share stays. */
function tensorList(archive: Archive, name: string, dropped: ReadonlySet<string>): TensorList {
  const before = listOf(archive, name);
  const config = objectIn(before, 'config');
  const kept = Object.entries(config).filter(([label]) => !dropped.has(label));
  const pathsOf = (entries: readonly (readonly [string, unknown])[]): ReadonlySet<string> =>
    new Set(entries.map(([label]) => textIn(config[label], 'path_name')));
  const stay = pathsOf(kept);
  const gone = [...pathsOf(Object.entries(config))].filter((path) => !stay.has(path));
  return { list: { ...before, config: Object.fromEntries(kept) }, gone };
}

function weightList(
  archive: Archive,
  name: string,
  { dropped, tensors, meta }: ArchiveChange,
): TensorList & { readonly added: readonly (NewTensor & { readonly path: string })[] } {
  const { list, gone } = tensorList(archive, name, dropped);
  const config = objectIn(list, 'config');
  const numbers = [...Object.values(objectIn(listOf(archive, name), 'config'))].map((entry) =>
    Number(/^weight_(\d+)$/.exec(textIn(entry, 'path_name'))?.[1] ?? -1),
  );
  const first = numbers.reduce((most, one) => Math.max(most, one), -1) + 1;
  const added = tensors.map((one, place) => ({ ...one, path: `weight_${first + place}` }));
  const entries = added.map(({ label, path, name: value }) => {
    const entry = { path_name: path, is_param: true, use_pickle: false, tensor_meta: meta(value) };
    return [label, entry] as const;
  });
  return { list: { ...list, config: { ...config, ...Object.fromEntries(entries) } }, gone, added };
}

const MOST_LIST_BYTES = 2 ** 27;

function listOf(archive: Archive, name: string): JsonObject {
  const list = parseTagged(new TextDecoder().decode(archive.read(name, MOST_LIST_BYTES)));
  return isObject(list) ? list : raise('bad-input', `"${name}" in the archive is no list of tensors.`);
}
