import type { AtenNode } from '../program/atenGraph';
import type { Call } from './call';
import { exchanged, transposeBy } from './layout';
import { inverse, writtenSelection, writtenSlice } from './writing';

/** Which calls give views of their input, and what a write through one does to the viewed tensor. */

/** The viewed tensor after `value` was written to the view that `call` made of it; `call` sees the viewed one as its input. */
export type WriteThrough = (call: Call, viewed: string, value: string) => string;

const through: WriteThrough = (_call, _viewed, value) => value;

const reshaped: WriteThrough = (call, viewed, value) => {
  const dims = call.dims('self');
  const numbers = dims.filter((dim) => typeof dim === 'number');
  const shape = numbers.length === dims.length ? call.list(numbers) : call.emit('Shape', [viewed]);
  return call.emit('Reshape', [value, shape]);
};

const permuted: WriteThrough = (call, _viewed, value) => {
  const rank = call.rank('self');
  const perm = call.ints('dims').map((axis) => (axis < 0 ? axis + rank : axis));
  return transposeBy(call, value, inverse(perm));
};

const transposed: WriteThrough = (call, _viewed, value) => {
  const rank = call.rank('self');
  return transposeBy(call, value, exchanged(rank, call.axis('dim0', rank), call.axis('dim1', rank)));
};

const sliced: WriteThrough = (call, viewed, value) => writtenSlice(call, viewed, value, call.result().dims);

/** Whether a call's result lies in the memory of the viewed tensor: false for a copy, null where the file does not tell. */
type Shares = (call: Call) => boolean | null;

export interface ViewKind {
  readonly shares: Shares;
  /** Null: a view all the same, but a write to it can't be followed. */
  readonly written: WriteThrough | null;
}

const view = (written: WriteThrough | null): ViewKind => ({ shares: () => true, written });

/** A copy only where the elements do not lie one after the other. */
const denseView = (written: WriteThrough): ViewKind => ({
  shares: (call) => (isDense(call) === true ? true : null),
  written,
});

/** Whether the elements lie in memory in the order of the axes; null where that is not known. */
function isDense(call: Call): boolean | null {
  const strides = call.strides('self');
  const dims = strides === null ? [] : call.dims('self');
  let step: number | null = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const [dim, stride] = [dims[axis], strides?.[axis] ?? null];
    if (dim === 1) continue;
    if (step === null || stride === null) return null;
    if (stride !== step) return false;
    step = typeof dim === 'number' ? step * dim : null;
  }
  return strides === null ? null : true;
}

const cast: ViewKind = {
  shares: (call) => {
    const isSame = call.type('self').dtype === call.result().dtype;
    const asked = call.has('memory_format') || (call.has('copy') && call.flag('copy', false));
    return isSame ? (asked || call.strides('self') === null ? null : true) : false;
  },
  written: through,
};

const contiguous: ViewKind = {
  shares: (call) => (call.has('memory_format') ? null : isDense(call)),
  written: through,
};

/** Every call of PyTorch whose result may lie in its input's memory. */
export const VIEWS: ReadonlyMap<string, ViewKind> = new Map<string, ViewKind>([
  ...each(view(through), 'alias', 'detach', 'detach_', 'lift_fresh', 'positive', 'resolve_conj'),
  ...each(view(through), 'resolve_neg', 'dropout', 'feature_dropout', 'alpha_dropout'),
  ...each(
    view(reshaped),
    'view',
    '_unsafe_view',
    '_reshape_alias',
    'view_as',
    'unsqueeze',
    'squeeze',
    'unflatten',
  ),
  ...each(view(permuted), 'permute'),
  ...each(view(transposed), 'transpose', 'swapdims'),
  ...each(view(sliced), 'slice'),
  ...each(view(writtenSelection), 'select'),
  ...each(
    view(null),
    'expand',
    'expand_as',
    'broadcast_to',
    't',
    'swapaxes',
    'numpy_T',
    'mT',
    'mH',
    'matrix_H',
  ),
  ...each(
    view(null),
    'adjoint',
    'movedim',
    'moveaxis',
    'as_strided',
    'diagonal',
    'linalg_diagonal',
    'unfold',
  ),
  ...each(view(null), 'narrow', 'split', 'split_with_sizes', 'chunk', 'tensor_split', 'unbind', 'hsplit'),
  ...each(view(null), 'vsplit', 'dsplit', 'unsafe_chunk', 'unsafe_split', 'unsafe_split_with_sizes'),
  ...each(view(null), 'real', 'imag', 'view_as_real', 'view_as_complex', '_conj', 'conj', '_neg_view'),
  ...each(view(null), 'feature_alpha_dropout', 'atleast_1d', 'atleast_2d', 'atleast_3d'),
  ...each(denseView(reshaped), 'reshape', 'flatten', 'reshape_as', 'ravel'),
  ...each(contiguous, 'contiguous'),
  ...each(cast, 'to', 'type_as', 'float', 'double', 'half', 'type', 'cpu', 'cuda'),
]);

function each(kind: ViewKind, ...names: readonly string[]): readonly (readonly [string, ViewKind])[] {
  return names.map((name) => [`aten.${name}`, kind]);
}

/** Calls that change a tensor's axes where it stands, and none of its elements. */
export const TURNS_IN_PLACE: ReadonlySet<string> = new Set(
  ['squeeze', 'unsqueeze', 'transpose', 't', 'swapaxes', 'swapdims', 'as_strided'].map(
    (name) => `aten.${name}_`,
  ),
);

/** The tensor that a view is of; a call that is not known by its arguments' names has it first. */
export function viewedArgument({ target, args }: Pick<AtenNode, 'target' | 'args'>): string {
  if (args.has('arg0')) return 'arg0';
  return target.endsWith('dropout') ? 'input' : 'self';
}
