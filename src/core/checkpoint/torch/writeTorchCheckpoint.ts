import type { Chunk } from '../../ports';
import { joinBytes } from '../../tensor/joinBytes';
import { byteLength, type Tensor } from '../../tensor/tensor';
import type { Archive } from '../../torch/archive/archive';
import { zipChunks, type ZipContent } from '../../torch/archive/zipWriter';
import { editPickle, type PickleEdit } from '../../torch/pickle/editPickle';
import { freshStorageKeys, storageKey } from '../../torch/pickle/editedStorages';
import type { DictItem } from '../../torch/pickle/scanPickle';
import { storageOf } from '../../torch/pickle/storageTypes';
import { SET_ITEM, tensorItem } from '../../torch/pickle/tensorOpcodes';
import type { PickleDict, PickleValue } from '../../torch/pickle/values';
import type { OtherEntry, Replacement } from '../checkpoint';
import { tensorChunk } from '../tensorChunk';
import type { TorchFile } from './readTorchCheckpoint';

/** PyTorch names the folder by the file; loading asks for none in particular. */
const FOLDER = 'archive';

/** A tensor that gets a storage of its own. */
interface NewStorage {
  readonly key: string;
  readonly tensor: Tensor;
  readonly name: string;
}

/**
 * The archive with new tensors in the place of some. The pickle is edited, not written anew, so all that stays in it stays
 * byte for byte, whatever Python wrote there; so do the storages of all tensors that stay, shared ones included. What only
 * the tensors that go needed goes with them.
 * @param leave entries beside the state dicts that are left out.
 */
export function torchChunks(
  { archive, scan, dicts, places }: TorchFile,
  replacements: readonly Replacement[],
  leave: readonly OtherEntry[],
): readonly Chunk[] {
  const storages: NewStorage[] = [];
  const fresh = freshStorageKeys(archive);
  const edits: PickleEdit[] = [];
  const named = namedItems(scan.items);
  for (const { state, gone, come } of replacements) {
    const added = come.map(({ name, tensor }) => ({ key: fresh(), tensor, name }));
    storages.push(...added);
    edits.push(...replaced(named(dicts.get(state), gone), added));
  }
  for (const entry of leave) {
    const place = places.get(entry);
    edits.push(...replaced(named(place?.dict, [place?.key ?? '']), []));
  }
  const pickle = editPickle(scan, edits);
  const kept = new Set(pickle.persistent.map(storageKey));
  return zipChunks(contents(archive, pickle.bytes, kept, storages));
}

type NamedItems = (dict: PickleDict | undefined, names: readonly string[]) => readonly DictItem[];

/** The items of a dict that have some names, in the order of the file. */
function namedItems(items: ReadonlyMap<PickleDict, readonly DictItem[]>): NamedItems {
  const known = new Map<PickleDict, ReadonlyMap<PickleValue, readonly DictItem[]>>();
  return (dict, names) => {
    if (dict === undefined) return [];
    const byKey = known.get(dict) ?? byName(items.get(dict) ?? []);
    known.set(dict, byKey);
    const found = [...new Set(names)].flatMap((name) => byKey.get(name) ?? []);
    return found.sort((a, b) => a.span.from - b.span.from);
  };
}

function byName(items: readonly DictItem[]): ReadonlyMap<PickleValue, readonly DictItem[]> {
  const groups = new Map<PickleValue, DictItem[]>();
  for (const item of items) {
    const group = groups.get(item.key);
    if (group === undefined) groups.set(item.key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Takes items out; what comes stands where the first of them stood. */
function replaced(leaving: readonly DictItem[], come: readonly NewStorage[]): readonly PickleEdit[] {
  return leaving.map(({ span, single }, place) => {
    if (place > 0) return { span, bytes: new Uint8Array(0) };
    const parts = come.flatMap((one) => [itemOf(one), ...(single ? [SET_ITEM] : [])]);
    return { span, bytes: joinBytes(parts) };
  });
}

function itemOf({ key, tensor, name }: NewStorage): Uint8Array {
  return tensorItem({ name, storage: storageOf(tensor.dtype, name), key, dims: tensor.dims });
}

/** The entries in the order of the archive; new storages stand behind the old ones. */
function contents(
  archive: Archive,
  pickle: Uint8Array,
  kept: ReadonlySet<string>,
  storages: readonly NewStorage[],
): readonly ZipContent[] {
  const added = storages.map(({ key, tensor, name }) => ({
    name: `${FOLDER}/data/${key}`,
    content: [tensorChunk(tensor, byteLength(tensor), name)],
  }));
  const list: ZipContent[] = [];
  for (const name of archive.names) {
    // a number that PyTorch draws for each file, by what it holds: this one holds something else
    if (name.startsWith('.data/')) continue;
    const isStorage = name.startsWith('data/');
    if (isStorage && !kept.has(name.slice('data/'.length))) continue;
    list.push({ name: `${FOLDER}/${name}`, content: [name === 'data.pkl' ? pickle : copied(archive, name)] });
  }
  const last = list.reduce((at, { name }, place) => (name.startsWith(`${FOLDER}/data/`) ? place : at), 0);
  return [...list.slice(0, last + 1), ...added, ...list.slice(last + 1)];
}

function copied(archive: Archive, name: string): Chunk {
  const source = archive.open(name);
  return {
    byteLength: source.size,
    *produce() {
      yield source.read(0, source.size);
    },
  };
}
