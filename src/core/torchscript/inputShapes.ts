import type { Dim, ValueType } from '../ir/model';
import type { DType } from '../tensor/dtype';
import type { Argument } from '../torch/program/atenGraph';

/** What calls say of the shape of a tensor that nothing else says anything of: a script has no shapes. */

/** Calls whose result has the shape of their first argument, as far as a model's head uses them. */
export const SAME_SHAPE: ReadonlySet<string> = new Set(
  'add sub mul div relu relu_ clone contiguous detach to float half neg dropout clamp sigmoid tanh add_ sub_ mul_ div_'.split(
    ' ',
  ),
);

/** Of an input of which nothing says a type. */
export const ASSUMED: DType = 'float32';
const LAYER = /^aten\.(?:conv\w*|linear)$/;

type Find = (tensor: string, type: ValueType) => void;

/**
 * Reports what a call wants of an input of which nothing is known: as many axes as the weight says, its channels, and its element
 * type, since no layer takes two.
 */
export function knownInput(
  target: string,
  args: ReadonlyMap<string, Argument>,
  typeOf: (tensor: string) => ValueType | undefined,
  find: Find,
): void {
  const input = args.get('input') ?? args.get('self');
  const type = input?.kind === 'tensor' ? typeOf(input.name) : undefined;
  if (input?.kind !== 'tensor' || type === undefined) return;
  const weight = args.get('weight');
  const layer = weight?.kind === 'tensor' && LAYER.test(target) ? typeOf(weight.name) : undefined;
  const isOther = type.dtype === ASSUMED && layer !== undefined && layer.dtype !== ASSUMED;
  if (type.dims !== null && !isOther) return;
  const kernel = weight?.kind === 'tensor' ? (typeOf(weight.name)?.dims ?? null) : null;
  const dims = type.dims ?? wanted(target.replace(/^aten\./, ''), kernel, args);
  if (dims !== null) find(input.name, { dtype: isOther ? layer.dtype : type.dtype, dims });
}

/** Arguments that are bool, or at least no floating-point numbers, by the call. */
const MASKS: ReadonlyMap<string, string> = new Map([
  ['aten.where', 'condition'],
  ['aten.masked_fill', 'mask'],
  ['aten.masked_fill_', 'mask'],
  ['aten.bitwise_not', 'self'],
]);

/** Reports a tensor that a call takes for a mask, where its type is only assumed: bool. */
export function knownMask(
  target: string,
  args: ReadonlyMap<string, Argument>,
  typeOf: (tensor: string) => ValueType | undefined,
  find: Find,
): void {
  const mask = args.get(MASKS.get(target) ?? '');
  const type = mask?.kind === 'tensor' ? typeOf(mask.name) : undefined;
  if (mask?.kind === 'tensor' && type?.dtype === ASSUMED) find(mask.name, { ...type, dtype: 'bool' });
}

function wanted(
  op: string,
  kernel: readonly Dim[] | null,
  args: ReadonlyMap<string, Argument>,
): readonly Dim[] | null {
  const image = /_?pool([123])d/.exec(op);
  if (image !== null) return new Array<Dim>(Number(image[1]) + 2).fill(null);
  if (op === 'linear' && kernel?.length === 2) return [null, kernel[1] ?? null];
  if (!/^conv/.test(op) || kernel === null || kernel.length < 3) return null;
  const flag = args.get('transposed');
  const isTransposed = op.startsWith('conv_transpose') || (flag?.kind === 'bool' && flag.value);
  const groups = args.get('groups');
  const perGroup = kernel[1];
  const all = typeof perGroup === 'number' && groups?.kind === 'int' ? perGroup * groups.value : perGroup;
  const channels = isTransposed ? kernel[0] : groups === undefined ? perGroup : all;
  return [null, channels ?? null, ...kernel.slice(2).map(() => null)];
}
