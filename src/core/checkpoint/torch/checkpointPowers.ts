import { raise } from '../../result';
import type { PicklePowers } from '../../torch/pickle/machine';
import { TORCH_POWERS } from '../../torch/pickle/torchPickle';
import { isKind, type PickleGlobal, type PickleValue } from '../../torch/pickle/values';

/** Something that is kept or left out as it is, and never looked into. */
export class Inert {
  constructor(
    readonly global: string,
    /** Whether `torch.load(weights_only=True)` makes it. */
    readonly loadable: boolean,
  ) {}
}

/** A storage whose elements are none of ours: complex numbers, quantized ones, 8-bit floats. */
export class ForeignStorage {
  constructor(
    readonly type: string,
    readonly key: string,
  ) {}
}

/**
 * What the pickle of a checkpoint may name: tensors, and what training scripts put beside them. All of it is data: nothing
 * is called, made or looked up, and any other name is refused.
 */
export const CHECKPOINT_POWERS: PicklePowers = {
  global(name) {
    return OWN.get(name) ?? constant(name) ?? storage(name) ?? TORCH_POWERS.global(name);
  },
  persistent(id) {
    const [kind, type, key] = isKind(id, 'tuple') ? id.items : [];
    const foreign = isKind(type, 'global') && FOREIGN_STORAGES.test(type.name);
    if (kind === 'storage' && typeof key === 'string' && foreign)
      return { kind: 'object', content: new ForeignStorage(type.name, key) };
    return TORCH_POWERS.persistent(id);
  },
};

const FOREIGN_STORAGES =
  /^torch\.(?:Complex(?:Float|Double)|QInt8|QUInt8|QInt32|QUInt4x2|QUInt2x4)Storage$|^torch\.storage\.UntypedStorage$/;
const CONSTANTS =
  /^torch\.(?:b?float\d+(?:_e\dm\d\w*)?|u?int\d+|bool|complex\d+|half|double|float|long|quint8|qint8|qint32|strided|sparse_co[ol]|per_(?:tensor|channel)_affine(?:_float_qparams)?)$/;

function storage(name: string): PickleGlobal | null {
  return FOREIGN_STORAGES.test(name) ? { kind: 'global', name, call: null } : null;
}

/** A number type, a layout: named, never called. */
function constant(name: string): PickleGlobal | null {
  return CONSTANTS.test(name) ? { kind: 'global', name, call: null } : null;
}

/** Classes of data that `torch.load(weights_only=True)` makes, too. */
const LOADABLE = [
  'torch.Size',
  'torch.device',
  'collections.Counter',
  'torch.serialization._get_layout',
  'torch._utils._rebuild_tensor_v3',
  'torch._utils._rebuild_qtensor',
  'torch._utils._rebuild_sparse_tensor',
  'torch._utils._rebuild_parameter_with_state',
  'builtins.set',
  '__builtin__.set',
  'builtins.complex',
  '__builtin__.complex',
  'builtins.bytearray',
  '__builtin__.bytearray',
  '_codecs.encode',
];

/** Classes of data that it refuses, and that training scripts store all the same. */
const UNLOADABLE = [
  'argparse.Namespace',
  'types.SimpleNamespace',
  'copyreg._reconstructor',
  'copy_reg._reconstructor',
  'builtins.object',
  '__builtin__.object',
  ...[
    'frozenset',
    'list',
    'dict',
    'tuple',
    'int',
    'long',
    'float',
    'bool',
    'str',
    'unicode',
    'bytes',
  ].flatMap((type) => [`builtins.${type}`, `__builtin__.${type}`]),
  'datetime.datetime',
  'datetime.timedelta',
  'pathlib.PosixPath',
  'pathlib.WindowsPath',
  'pathlib.PurePosixPath',
  'numpy.dtype',
  'numpy.ndarray',
  'numpy.core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray.scalar',
  'numpy._core.multiarray._reconstruct',
  'mmengine.logging.history_buffer.HistoryBuffer',
  'torch.torch_version.TorchVersion',
];

/** Dicts of a kind of their own, whose items are set as those of any other. */
const DICTS = [
  'collections.defaultdict',
  'yacs.config.CfgNode',
  'easydict.EasyDict',
  'addict.addict.Dict',
  'mmengine.config.config.ConfigDict',
  'mmcv.utils.config.ConfigDict',
  'lightning_fabric.utilities.data.AttributeDict',
  'lightning.fabric.utilities.data.AttributeDict',
  'pytorch_lightning.utilities.parsing.AttributeDict',
];

const OWN: ReadonlyMap<string, PickleGlobal> = new Map([
  ...LOADABLE.map((name) => [name, inert(name, true)] as const),
  ...UNLOADABLE.map((name) => [name, inert(name, false)] as const),
  ...DICTS.map((name) => [name, dict(name)] as const),
  ['collections.deque', list('collections.deque')],
  ['torch._utils._rebuild_tensor_v2', tensors()],
  ['torch._utils._rebuild_parameter', parameters()],
]);

function inert(name: string, loadable: boolean): PickleGlobal {
  const create = (): PickleValue => ({
    kind: 'object',
    content: new Inert(name, loadable),
    // its state is data, too, and of no use here
    build: () => undefined,
  });
  return { kind: 'global', name, call: create, create };
}

/** What a dict or list of a kind of its own holds, so that it is known for one. */
function marker(name: string): PickleValue {
  return { kind: 'object', content: new Inert(name, false) };
}

function dict(name: string): PickleGlobal {
  const create = (): PickleValue => ({ kind: 'dict', entries: new Map([['', marker(name)]]) });
  return { kind: 'global', name, call: create, create };
}

function list(name: string): PickleGlobal {
  const create = (): PickleValue => ({ kind: 'list', items: [marker(name)] });
  return { kind: 'global', name, call: create, create };
}

/** As the reader of tensors makes them; over a storage of other elements, something that is only kept. */
function tensors(): PickleGlobal {
  const name = 'torch._utils._rebuild_tensor_v2';
  const own = TORCH_POWERS.global(name);
  return {
    kind: 'global',
    name,
    call: (args) => {
      const [first] = args;
      if (isKind(first, 'object') && first.content instanceof ForeignStorage)
        return { kind: 'object', content: new Inert(first.content.type, true) };
      return own.call?.(args) ?? raise('bad-input', 'The pickle makes a tensor of nothing.');
    },
  };
}

function parameters(): PickleGlobal {
  const call = ([tensor]: readonly PickleValue[]): PickleValue => tensor ?? null;
  return { kind: 'global', name: 'torch._utils._rebuild_parameter', call };
}
