import { lazyChunk } from '../../onnx/chunks';
import type { Chunk } from '../../ports';
import { raise } from '../../result';
import { byteLength, type Tensor } from '../../tensor/tensor';
import type { Archive } from '../archive/archive';
import type { ZipContent } from '../archive/zipWriter';
import { copiedEntry } from './copiedEntry';
import type { NewTensor } from './graphWriter';
import { savedTensors } from './savedTensors';
import { isObject, objectIn, parseTagged, printTagged, textIn, type JsonObject } from './taggedJson';

const MODEL = /^models\/([^/]+)\.json$/;
/** A number that PyTorch makes of what it writes; without it nothing is missed. */
const CONTENT_HASH = '.data/serialization_id';

type Role = 'weights' | 'constants';

/** Where an archive keeps its tensors: since PyTorch 2.9 a list of files, before that a file of `torch.save`. */
interface Place {
  readonly name: string;
  readonly isList: boolean;
}

/** Null: there is none of the role. */
function placeOf(archive: Archive, entry: string, role: Role): Place | null {
  const model = MODEL.exec(entry)?.[1];
  const old = role === 'weights' ? 'serialized_state_dict.pt' : 'serialized_constants.pt';
  const saved = model === undefined ? old : `data/${role}/${model}.pt`;
  if (archive.has(saved)) return { name: saved, isList: false };
  const list = `data/${role}/${model ?? ''}_${role}_config.json`;
  return model !== undefined && archive.has(list) ? { name: list, isList: true } : null;
}

/** Whether an archive is laid out as it is written here. */
export function isWritableArchive(archive: Archive, entry: string): boolean {
  return placeOf(archive, entry, 'weights') !== null;
}

export interface ArchiveChange {
  /** Name of the entry that holds the graph, and its new content. */
  readonly entry: string;
  readonly program: JsonObject;
  readonly dropped: ReadonlySet<string>;
  readonly tensors: readonly NewTensor[];
  /** Whether the model's parameters are to be trained. */
  readonly trains: boolean;
  /** What the program says of a new tensor. */
  meta(name: string): JsonObject;
}

/** The entries of the archive with its new program: what has not changed is copied byte for byte. */
export function archiveContents(archive: Archive, change: ArchiveChange): readonly ZipContent[] {
  const weights = placeOf(archive, change.entry, 'weights');
  const constants = placeOf(archive, change.entry, 'constants');
  const changed = new Map<string, readonly Chunk[]>([[change.entry, [text(change.program)]]]);
  const added = new Map<string, readonly ZipContent[]>();
  const gone = new Set([CONTENT_HASH]);
  if (weights?.isList === true) {
    const list = weightList(archive, weights.name, change);
    changed.set(weights.name, [text(list.list)]);
    added.set(
      weights.name,
      list.added.map(({ path, tensor, label }) => weightFile(path, tensor, label)),
    );
    for (const name of list.gone) gone.add(`data/weights/${name}`);
  } else if (weights !== null) {
    const { dropped, tensors, trains } = change;
    changed.set(weights.name, savedTensors(archive, weights.name, dropped, tensors, trains));
  }
  if (constants?.isList === true) {
    const list = tensorList(archive, constants.name, change.dropped);
    changed.set(constants.name, [text(list.list)]);
    for (const name of list.gone) gone.add(`data/constants/${name}`);
  } else if (constants !== null)
    changed.set(constants.name, savedTensors(archive, constants.name, change.dropped, [], false));
  // the first archives have no folder
  const root = MODEL.test(change.entry) ? 'model/' : '';
  return archive.names
    .filter((name) => !gone.has(name))
    .flatMap((name) => [
      ...(added.get(name) ?? []),
      { name, content: changed.get(name) ?? [copiedEntry(archive, name)] },
    ])
    .map(({ name, content }) => ({ name: `${root}${name}`, content }));
}

function weightFile(path: string, tensor: Tensor, label: string): ZipContent {
  const content = lazyChunk(byteLength(tensor), () => tensor.pieces?.() ?? [tensor.bytes()], label);
  return { name: `data/weights/${path}`, content: [content] };
}

const text = (value: JsonObject): Uint8Array => new TextEncoder().encode(printTagged(value));

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
