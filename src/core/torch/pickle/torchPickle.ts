import type { ByteSource } from '../../ports';
import { raise } from '../../result';
import type { DType } from '../../tensor/dtype';
import type { Tensor } from '../../tensor/tensor';
import { openArchive, type Archive } from '../archive/archive';
import { stridedTensor } from '../stridedTensor';
import type { PicklePowers } from './machine';
import { MOST_PICKLE_BYTES, readPickle } from './readPickle';
import { STORAGE_TYPES } from './storageTypes';
import { isKind, type PickleGlobal, type PickleValue } from './values';

/** A storage that the archive holds under `data/<key>`. */
class Storage {
  constructor(
    readonly dtype: DType,
    readonly key: string,
  ) {}
}

/** A tensor over a storage. */
export class PickledTensor {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly dims: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/**
 * The tensors of a file of `torch.save` that holds a dict of them, by name, read when somebody asks for their elements.
 * @throws ProblemError for anything else; any global but those of tensors is refused by its name.
 */
export function pickledTensors(source: ByteSource, what: string): ReadonlyMap<string, Tensor> {
  const archive = openArchive(source);
  const content = readTorchPickle(archive);
  if (!isKind(content, 'dict')) return raise('unsupported', `"${what}" holds no dict of tensors.`);
  const tensors = new Map<string, Tensor>();
  for (const [name, value] of content.entries) {
    const tensor = pickledTensor(value);
    // a custom object among the constants; who reads it says so
    if (tensor === null || typeof name !== 'string') continue;
    tensors.set(name, storedTensor(tensor, archive, 'data', name));
  }
  return tensors;
}

/** The tensor that a value is; null for anything else. */
export function pickledTensor(value: PickleValue): PickledTensor | null {
  return isKind(value, 'object') && value.content instanceof PickledTensor ? value.content : null;
}

/** The tensor over its storage in a folder of the archive, read when somebody asks. */
export function storedTensor(
  { storage, offset, dims, strides }: PickledTensor,
  archive: Archive,
  folder: string,
  name: string,
): Tensor {
  const layout = { dtype: storage.dtype, dims, strides, offset };
  return stridedTensor(layout, archive.open(`${folder}/${storage.key}`), name);
}

/** What an archive's `data.pkl` holds. @throws ProblemError as `readPickle`. */
export function readTorchPickle(archive: Archive): PickleValue {
  return readPickle(archive.read('data.pkl', MOST_PICKLE_BYTES), TORCH_POWERS);
}

/** What the pickles of tensors need: any other global is refused. */
export const TORCH_POWERS: PicklePowers = {
  global(name) {
    return GLOBALS.get(name) ?? storageGlobal(name) ?? refused(name);
  },
  persistent(id) {
    const [kind, type, key] = isKind(id, 'tuple') ? id.items : [];
    const dtype = isKind(type, 'global') ? STORAGE_TYPES[type.name.slice('torch.'.length)] : undefined;
    if (kind !== 'storage' || typeof key !== 'string' || dtype === undefined)
      return raise('unsupported', 'The pickle refers to something beside it that is no storage of a tensor.');
    return { kind: 'object', content: new Storage(dtype, key) };
  },
};

function storageGlobal(name: string): PickleGlobal | null {
  const [module, type = ''] = name.split('.');
  const isStorage = module === 'torch' && name === `torch.${type}` && Object.hasOwn(STORAGE_TYPES, type);
  return isStorage ? { kind: 'global', name, call: null } : null;
}

function refused(name: string): never {
  return raise(
    'unsupported',
    `The pickle asks for "${name}", which is not run here: opening a model runs nothing of it.`,
  );
}

const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map(
  Object.entries<PickleGlobal['call']>({
    'collections.OrderedDict': orderedDict,
    'torch._utils._rebuild_tensor_v2': rebuildTensor,
    'torch._utils._rebuild_parameter': ([tensor]) => tensor ?? null,
    'torch._tensor._rebuild_from_type_v2': rebuildFromType,
    // classes that only say what kind of tensor it is
    'torch.Tensor': null,
    'torch.nn.parameter.Parameter': null,
    'torch.nn.parameter.Buffer': null,
  }).map(([name, call]) => [name, { kind: 'global', name, call }]),
);

function orderedDict(args: readonly PickleValue[]): PickleValue {
  if (args.length > 0) raise('unsupported', 'The pickle makes an ordered dict in an unusual way.');
  return { kind: 'dict', entries: new Map() };
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`. */
function rebuildTensor([storage, offset, size, stride]: readonly PickleValue[]): PickleValue {
  const content = isKind(storage, 'object') ? storage.content : null;
  const dims = sizes(size);
  const strides = sizes(stride);
  if (!(content instanceof Storage) || !isCount(offset) || dims === null || strides === null)
    return raise('bad-input', 'The pickle makes a tensor of something that is none; save the file again.');
  return { kind: 'object', content: new PickledTensor(content, offset, dims, strides) };
}

/** `_rebuild_from_type_v2(function, type, args, state)`: a tensor of a class of PyTorch's own; its state is of no use. */
function rebuildFromType([rebuild, , args]: readonly PickleValue[]): PickleValue {
  if (!isKind(rebuild, 'global') || rebuild.call === null || !isKind(args, 'tuple') || isWrapper(rebuild))
    return raise('unsupported', 'The pickle makes a tensor in an unusual way.');
  return rebuild.call(args.items);
}

/** One that would call itself again. */
function isWrapper({ call }: PickleGlobal): boolean {
  return call === rebuildFromType;
}

function sizes(value: PickleValue | undefined): readonly number[] | null {
  if (!isKind(value, 'tuple')) return null;
  const counts = value.items.filter(isCount);
  return counts.length === value.items.length ? counts : null;
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
