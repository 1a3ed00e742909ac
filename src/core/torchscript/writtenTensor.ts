import type { BoundCall } from './bindArguments';
import { elementCode, elementType } from './elementTypes';
import type { Value } from './values';

/**
 * `torch.tensor` of numbers, or of lists of them: a constant of the program. Null for any other call, or numbers that are not
 * known.
 */
export function writtenTensor(
  op: string,
  [data]: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
): BoundCall | null {
  if (op !== 'tensor' || data === undefined) return null;
  const numbers = numbersIn(data, 0, { left: MOST_NUMBERS });
  if (numbers === null) return null;
  const asked = keywords.get('dtype');
  const code = asked?.kind === 'int' ? asked.value : elementCode(numbers.dtype);
  return {
    overload: '',
    results: 'T',
    args: new Map([
      ['data', { kind: 'floats', value: numbers.values }],
      ['sizes', { kind: 'ints', value: numbers.dims }],
      ['dtype', { kind: 'dtype', value: elementType(code ?? -1) }],
    ]),
  };
}

interface Numbers {
  readonly values: readonly number[];
  readonly dims: readonly number[];
  readonly dtype: 'float32' | 'int64' | 'bool';
}

const DEEPEST = 8;
const MOST_NUMBERS = 100_000;

/** Row by row; null where the lists are not of one length each. */
function numbersIn(value: Value, depth: number, budget: { left: number }): Numbers | null {
  budget.left -= 1;
  if (budget.left < 0) return null;
  if (value.kind === 'int') return { values: [value.value], dims: [], dtype: 'int64' };
  if (value.kind === 'float') return { values: [value.value], dims: [], dtype: 'float32' };
  if (value.kind === 'bool') return { values: [Number(value.value)], dims: [], dtype: 'bool' };
  if ((value.kind !== 'list' && value.kind !== 'tuple') || depth > DEEPEST) return null;
  const rows: Numbers[] = [];
  for (const item of value.items) {
    const row = numbersIn(item, depth + 1, budget);
    const [first] = rows;
    if (row === null || (first !== undefined && first.dims.join() !== row.dims.join())) return null;
    rows.push(row);
  }
  const kinds = rows.map(({ dtype }) => dtype);
  const dtype =
    kinds.includes('float32') || rows.length === 0 ? 'float32' : kinds.includes('int64') ? 'int64' : 'bool';
  const values = rows.flatMap((row) => row.values);
  return { values, dims: [rows.length, ...(rows[0]?.dims ?? [])], dtype };
}
