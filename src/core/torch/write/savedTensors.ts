import { lazyChunk } from '../../onnx/chunks';
import type { Chunk } from '../../ports';
import { raise } from '../../result';
import { joinBytes } from '../../tensor/joinBytes';
import { byteLength } from '../../tensor/tensor';
import { openArchive, type Archive } from '../archive/archive';
import { zipChunks, type ZipContent } from '../archive/zipWriter';
import { editPickle, type PickleEdit } from '../pickle/editPickle';
import { freshStorageKeys, storageKey } from '../pickle/editedStorages';
import { MOST_PICKLE_BYTES } from '../pickle/readPickle';
import { scanPickle, type DictItem } from '../pickle/scanPickle';
import { storageOf } from '../pickle/storageTypes';
import { SET_ITEM, tensorItem } from '../pickle/tensorOpcodes';
import { TORCH_POWERS } from '../pickle/torchPickle';
import { isKind } from '../pickle/values';
import { copiedEntry } from './copiedEntry';
import type { NewTensor } from './graphWriter';

/**
 * The tensors of a program as PyTorch kept them before 2.9: an archive of `torch.save` within the archive. Its pickle is edited;
 * the storages that stay are copied byte for byte.
 * @param trains whether the new tensors need gradients.
 */
export function savedTensors(
  archive: Archive,
  name: string,
  dropped: ReadonlySet<string>,
  tensors: readonly NewTensor[],
  trains: boolean,
): readonly Chunk[] {
  const inner = openArchive(archive.open(name));
  const scan = scanPickle(inner.read('data.pkl', MOST_PICKLE_BYTES), TORCH_POWERS);
  const items = isKind(scan.value, 'dict') ? (scan.items.get(scan.value) ?? []) : [];
  const keys = freshStorageKeys(inner);
  const added = tensors.map((one) => ({ ...one, key: keys() }));
  const bytes = added.map(({ tensor, label, key }) => {
    const storage = storageOf(tensor.dtype, label);
    return parameterItem(tensorItem({ name: label, storage, key, dims: tensor.dims }), label, trains);
  });
  const pickle = editPickle(scan, edits(items, dropped, bytes));
  const kept = new Set(pickle.persistent.map(storageKey));
  const list: ZipContent[] = [];
  for (const entry of inner.names) {
    if (entry.startsWith('.data/') || isLost(entry, kept)) continue;
    const content = entry === 'data.pkl' ? pickle.bytes : copiedEntry(inner, entry);
    list.push({ name: `archive/${entry}`, content: [content] });
  }
  for (const { key, tensor, label } of added) {
    const content = lazyChunk(byteLength(tensor), () => tensor.pieces?.() ?? [tensor.bytes()], label);
    list.push({ name: `archive/data/${key}`, content: [content] });
  }
  return zipChunks(list);
}

function isLost(entry: string, kept: ReadonlySet<string>): boolean {
  return entry.startsWith('data/') && !kept.has(entry.slice('data/'.length));
}

/** Items that go, and at the place of the first of them those that come. */
function edits(
  items: readonly DictItem[],
  dropped: ReadonlySet<string>,
  come: readonly Uint8Array[],
): readonly PickleEdit[] {
  const leaving = items.filter(({ key }) => typeof key === 'string' && dropped.has(key));
  const [first] = leaving;
  if (come.length === 0) return leaving.map(({ span }) => ({ span, bytes: new Uint8Array(0) }));
  if (first === undefined)
    return raise('unsupported', 'The list of weights has no place for a merged one; write it as .onnx.');
  const parts = come.flatMap((one) => [one, ...(first.single ? [SET_ITEM] : [])]);
  return leaving.map((item) => ({
    span: item.span,
    bytes: item === first ? joinBytes(parts) : new Uint8Array(0),
  }));
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `_rebuild_parameter(tensor, requires_grad, hooks)` around the tensor of a dict's item. */
function parameterItem(item: Uint8Array, label: string, trains: boolean): Uint8Array {
  // the name: its opcode, its length, itself
  const name = 5 + encode(label).length;
  const end = [
    Uint8Array.of(trains ? 0x88 : 0x89),
    encode('ccollections\nOrderedDict\n'),
    Uint8Array.of(0x29, 0x52),
  ];
  const whole = [encode('ctorch._utils\n_rebuild_parameter\n'), item.subarray(name), ...end];
  return joinBytes([item.subarray(0, name), ...whole, Uint8Array.of(0x87, 0x52)]);
}
