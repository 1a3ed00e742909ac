import type { ValueType } from '../ir/model';
import { isFloat, type DType } from '../tensor/dtype';
import type { Argument } from './program/atenGraph';

/**
 * PyTorch's promotion of element types: category before width, where truth values are below whole numbers and these below
 * floats; tensors with axes first, single elements and numbers only where their category is higher.
 */

const CATEGORIES: readonly ((dtype: DType) => boolean)[] = [
  (dtype) => dtype === 'bool',
  (dtype) => dtype !== 'bool' && !isFloat(dtype),
  isFloat,
];

const category = (dtype: DType): number => CATEGORIES.findIndex((holds) => holds(dtype));

/** By width; of two of one category the later wins. */
const WIDTHS: readonly DType[] = [
  ...(['bool', 'uint8', 'int8', 'int16', 'int32', 'int64'] as const),
  ...(['float16', 'bfloat16', 'float32', 'float64'] as const),
];

/** Pairs of which neither holds the other's numbers. */
const WIDER: ReadonlyMap<string, DType> = new Map([
  ['float16 bfloat16', 'float32'],
  ['uint8 int8', 'int16'],
]);

/** @param operands of a call, those that are no operands left out. */
export function promoted(
  operands: readonly Argument[],
  typeOf: (tensor: string) => ValueType | undefined,
): DType {
  const tensors = operands.flatMap((argument): ValueType[] => {
    const names =
      argument.kind === 'tensor' ? [argument.name] : argument.kind === 'tensors' ? argument.names : [];
    return names.flatMap((name) => (name === null ? [] : (typeOf(name) ?? [])));
  });
  const wide = widest(tensors.filter(({ dims }) => dims?.length !== 0));
  const single = widest(tensors.filter(({ dims }) => dims?.length === 0));
  let result = wide;
  for (const more of [single, numberType(operands)]) {
    if (more !== null && (result === null || category(more) > category(result))) result = more;
  }
  return result ?? 'float32';
}

/** Numbers have a category and no width of their own. */
function numberType(operands: readonly Argument[]): DType | null {
  const kinds = operands.map(({ kind }) => kind);
  if (kinds.includes('float')) return 'float32';
  return kinds.includes('int') || kinds.includes('size') ? 'int64' : null;
}

function widest(types: readonly ValueType[]): DType | null {
  return types.reduce<DType | null>((best, { dtype }) => (best === null ? dtype : wider(best, dtype)), null);
}

function wider(a: DType, b: DType): DType {
  const [low, high] = WIDTHS.indexOf(a) > WIDTHS.indexOf(b) ? [b, a] : [a, b];
  return WIDER.get(`${low} ${high}`) ?? high;
}
