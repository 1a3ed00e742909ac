import type { Dim, ValueType } from '../../ir/model';
import type { Argument, AtenGraph, Size } from './atenGraph';
import { field, float, integer, list, record, text, variant } from './json';
import { scalarType } from './scalarTypes';

/** Reads a graph that is an argument of a call. */
export type GraphReader = (graph: unknown) => AtenGraph;

/** An argument or output of a call, by the schema's name for its variant. */
export function parseArgument(value: unknown, readGraph: GraphReader): Argument {
  const [kind, content] = variant(value, 'an argument');
  const read = ARGUMENTS.get(kind);
  return read === undefined ? { kind: 'other' } : read(content, readGraph);
}

const tensorName = (value: unknown): string =>
  text(field(record(value, 'a tensor'), 'name'), 'the name of a tensor');

const ARGUMENTS: ReadonlyMap<string, (value: unknown, readGraph: GraphReader) => Argument> = new Map<
  string,
  (value: unknown, readGraph: GraphReader) => Argument
>([
  ['as_none', () => ({ kind: 'none' })],
  ['as_tensor', (value) => ({ kind: 'tensor', name: tensorName(value) })],
  ['as_tensors', (value) => ({ kind: 'tensors', names: list(value, 'a list of tensors').map(tensorName) })],
  ['as_optional_tensor', optionalTensor],
  [
    'as_optional_tensors',
    (value) => {
      const tensors = list(value, 'a list of tensors').map(optionalTensor);
      return { kind: 'tensors', names: tensors.map((one) => (one.kind === 'tensor' ? one.name : null)) };
    },
  ],
  ['as_int', (value) => ({ kind: 'int', value: integer(value, 'a number') })],
  [
    'as_ints',
    (value) => ({ kind: 'ints', value: list(value, 'numbers').map((one) => integer(one, 'a number')) }),
  ],
  ['as_float', (value) => ({ kind: 'float', value: float(value, 'a number') })],
  [
    'as_floats',
    (value) => ({ kind: 'floats', value: list(value, 'numbers').map((one) => float(one, 'a number')) }),
  ],
  ['as_bool', (value) => ({ kind: 'bool', value: value === true })],
  ['as_bools', (value) => ({ kind: 'bools', value: list(value, 'a list').map((one) => one === true) })],
  ['as_string', (value) => ({ kind: 'text', value: text(value, 'a text') })],
  ['as_scalar_type', (value) => ({ kind: 'dtype', value: scalarType(integer(value, 'an element type')) })],
  ['as_sym_int', symbolicInt],
  ['as_sym_ints', (value) => ({ kind: 'ints', value: list(value, 'sizes').map(sizeOf) })],
  ['as_sym_float', symbolicFloat],
  [
    'as_graph',
    (value, readGraph) => ({ kind: 'graph', value: readGraph(field(record(value, 'a graph'), 'graph')) }),
  ],
]);

function optionalTensor(value: unknown): Argument {
  const [kind, content] = variant(value, 'a tensor');
  if (kind !== 'as_tensor') return { kind: 'none' };
  // until PyTorch 2.5 only its name
  return { kind: 'tensor', name: typeof content === 'string' ? content : tensorName(content) };
}

function symbolicInt(value: unknown): Argument {
  const size = sizeOf(value);
  return typeof size === 'number' ? { kind: 'int', value: size } : { kind: 'size', name: size.symbol };
}

function sizeOf(value: unknown): Size {
  const [kind, content] = variant(value, 'a size');
  return kind === 'as_int' ? integer(content, 'a size') : { symbol: text(content, 'a size') };
}

/** A number that depends on a size is nothing that a lowering could use. */
function symbolicFloat(value: unknown): Argument {
  const [kind, content] = variant(value, 'a number');
  return kind === 'as_float' ? { kind: 'float', value: float(content, 'a number') } : { kind: 'other' };
}

/** What the program says of a tensor. */
export function parseTensorType(value: unknown): ValueType {
  const meta = record(value, 'the type of a tensor');
  const dtype = scalarType(integer(field(meta, 'dtype'), 'an element type'));
  return { dtype, dims: list(field(meta, 'sizes'), 'the shape of a tensor').map(parseDim) };
}

/** The steps in memory that the program says, null for one that is open. */
export function parseStrides(value: unknown): readonly (number | null)[] {
  const strides = field(record(value, 'the type of a tensor'), 'strides');
  return Array.isArray(strides)
    ? strides.map((one) => {
        const step = parseDim(one);
        return typeof step === 'number' ? step : null;
      })
    : [];
}

/** A size: a number, or a symbol; null for an expression of symbols, which follows from the inputs. */
export function parseDim(value: unknown): Dim {
  const [kind, content] = variant(value, 'a size');
  if (kind === 'as_int') return integer(content, 'a size');
  const expression = text(field(record(content, 'a size'), 'expr_str'), 'a size');
  return (
    SYMBOL.exec(expression)
      ?.slice(1)
      .find((name) => name !== undefined) ?? null
  );
}

/** "s77", or as SymPy writes it: "Symbol('s77', positive=True, integer=True)". */
const SYMBOL = /^(?:([A-Za-z_]\w*)|Symbol\('(\w+)'[^()]*\))$/;

/** A size that must be a number. */
export function fixedDim(value: unknown): number {
  return integer(parseDim(value), 'the size of a weight');
}
