import type { Dim, ValueType } from '../ir/model';
import { isFloat, type DType } from '../tensor/dtype';
import type { Argument, AtenNode } from '../torch/program/atenGraph';
import { promoted } from '../torch/promotion';

/**
 * What PyTorch would say of a call's results before it is lowered: a script says nothing. The element type always; the shape
 * only where a lowering asks for it, since shapes follow from the lowered nodes.
 */

export type TypeOf = (tensor: string) => ValueType | undefined;

type CallParts = Pick<AtenNode, 'target' | 'overload' | 'args'>;

/** Null where the number of tensors in a list is not known. @param results as `BoundCall` has them. */
export function resultTypes(call: CallParts, results: string, typeOf: TypeOf): readonly ValueType[] | null {
  const asked = new Asked(call, typeOf);
  const op = call.target.replace(/^aten\./, '');
  if (results === 'L') return listTypes(op, asked);
  const dtype = elementType(op, asked);
  const first: ValueType = { dtype, dims: DIMS[op]?.(asked) ?? null };
  return [...results].map((_, place) => (place === 0 ? first : { dtype: 'int64', dims: null }));
}

class Asked {
  constructor(
    private readonly call: CallParts,
    readonly typeOf: TypeOf,
  ) {}

  get(name: string): Argument | undefined {
    return this.call.args.get(name);
  }

  get operands(): readonly Argument[] {
    const isOther = (name: string, { kind }: Argument): boolean =>
      (kind === 'int' || kind === 'size') && !OPERANDS.has(name);
    return [...this.call.args].flatMap(([name, argument]) => (isOther(name, argument) ? [] : [argument]));
  }

  int(name: string, fallback: number): number | null {
    const argument = this.get(name);
    if (argument === undefined || argument.kind === 'none') return fallback;
    return argument.kind === 'int' ? argument.value : null;
  }

  dims(name: string): readonly Dim[] | null {
    const argument = this.get(name);
    return argument?.kind === 'tensor' ? (this.typeOf(argument.name)?.dims ?? null) : null;
  }

  axis(rank: number, fallback = 0): number | null {
    const axis = this.int('dim', fallback);
    return axis === null ? null : axis < 0 ? axis + rank : axis;
  }
}

const TRUTH = /^(eq|ne|lt|le|gt|ge|logical_\w+|isnan|isinf|isfinite)_?$/;
const PLACES = /^(argmax|argmin)$/;
const MADE = /^(zeros|ones|full|arange|scalar_tensor)$/;
/** Of whole numbers they give numbers that are not. */
const TRUE_DIVISION = /^(div|divide|true_divide)$/;
const CASTS: Readonly<Record<string, DType>> = { float: 'float32', half: 'float16', double: 'float64' };

function elementType(op: string, asked: Asked): DType {
  if (op.endsWith('_') && !op.endsWith('__')) return tensorType(asked.get('self'), asked.typeOf) ?? 'float32';
  const written = asked.get('dtype');
  if (written?.kind === 'dtype') return written.value;
  if (TRUTH.test(op)) return 'bool';
  if (PLACES.test(op)) return 'int64';
  const cast = CASTS[op];
  if (cast !== undefined) return cast;
  if (MADE.test(op)) return madeType(op, asked);
  if (op === 'to' || op === 'type_as')
    return tensorType(asked.get('other') ?? asked.get('self'), asked.typeOf) ?? 'float32';
  if (op === 'embedding') return tensorType(asked.get('weight'), asked.typeOf) ?? 'float32';
  const own =
    op === 'where'
      ? promoted(asked.operands.slice(1), asked.typeOf)
      : promoted(valuesOf(op, asked), asked.typeOf);
  if (TRUE_DIVISION.test(op) && !isFloat(own) && asked.get('rounding_mode')?.kind !== 'text')
    return 'float32';
  return /^(sum|prod|cumsum)$/.test(op) && !isFloat(own) ? 'int64' : own;
}

/** Indices and masks are no operands. */
function valuesOf(op: string, asked: Asked): readonly Argument[] {
  const self = asked.get('self');
  const isSelection = /^(index|index_select|gather|take|masked_fill|scatter\w*|sum|mean|new_\w+|\w+_like)$/;
  return self !== undefined && isSelection.test(op) ? [self] : asked.operands;
}

/** Arguments that are computed with: other whole numbers say axes, or how often. */
const OPERANDS: ReadonlySet<string> = new Set(['self', 'other', 'exponent', 'min', 'max']);

function madeType(op: string, asked: Asked): DType {
  if (op === 'zeros' || op === 'ones') return 'float32';
  const numbers = ['start', 'end', 'step', 'fill_value', 's'].map((name) => asked.get(name)?.kind);
  return numbers.includes('float') ? 'float32' : 'int64';
}

function tensorType(argument: Argument | undefined, typeOf: TypeOf): DType | undefined {
  return argument?.kind === 'tensor' ? typeOf(argument.name)?.dtype : undefined;
}

const DIMS: Readonly<Record<string, (asked: Asked) => readonly Dim[] | null>> = {
  cat: joined,
  concat: joined,
  concatenate: joined,
  stack: (asked) => {
    const dims = listDims(asked)[0];
    return dims ? [...dims.map(() => null), null] : null;
  },
  slice: sliced,
  upsample_nearest1d: resized,
  upsample_nearest2d: resized,
  upsample_bilinear2d: resized,
  upsample_bicubic2d: resized,
  upsample_linear1d: resized,
  upsample_nearest3d: resized,
  upsample_trilinear3d: resized,
  _upsample_nearest_exact2d: resized,
};

function listDims(asked: Asked): readonly (readonly Dim[] | null)[] {
  const tensors = asked.get('tensors');
  return tensors?.kind === 'tensors'
    ? tensors.names.map((name) => (name === null ? null : (asked.typeOf(name)?.dims ?? null)))
    : [];
}

/** Only the number of axes is asked for. */
function joined(asked: Asked): readonly Dim[] | null {
  const ranks = listDims(asked).flatMap((dims) => (dims === null ? [] : [dims.length]));
  return ranks.length === 0
    ? null
    : new Array<Dim>(ranks.reduce((most, rank) => Math.max(most, rank), 0)).fill(null);
}

function sliced(asked: Asked): readonly Dim[] | null {
  const dims = asked.dims('self');
  const axis = dims === null ? null : asked.axis(dims.length);
  const size = axis === null ? null : dims?.[axis];
  const [start, end, step] = [asked.int('start', 0), asked.int('end', Infinity), asked.int('step', 1)];
  if (!dims || axis === null || typeof size !== 'number' || start === null || end === null || step === null)
    return dims;
  const bound = (place: number): number => Math.min(size, Math.max(0, place < 0 ? place + size : place));
  const count = Math.max(0, Math.ceil((bound(end) - bound(start)) / step));
  return dims.map((dim, at) => (at === axis ? count : dim));
}

/** To sizes that are given; those that follow from factors are not asked for. */
function resized(asked: Asked): readonly Dim[] | null {
  const image = asked.dims('self') ?? asked.dims('input');
  const sizes = asked.get('output_size');
  if (image === null || sizes?.kind !== 'ints') return null;
  return [...image.slice(0, 2), ...sizes.value.map((size) => (typeof size === 'number' ? size : null))];
}

/** A tensor's parts along an axis. */
function listTypes(op: string, asked: Asked): readonly ValueType[] | null {
  if (op === 'meshgrid') return gridTypes(asked);
  const dims = asked.dims('self');
  const axis = dims === null ? null : asked.axis(dims.length);
  const dtype = tensorType(asked.get('self'), asked.typeOf);
  if (dtype === undefined) return null;
  if (dims === null || axis === null) {
    // a list of sizes says how many parts there are, if not of which shape
    const parts = asked.get('split_sizes') ?? asked.get('split_size');
    return parts?.kind === 'ints' && parts.value.length <= MOST_PARTS
      ? parts.value.map(() => ({ dtype, dims: null }))
      : null;
  }
  const sizes = partSizes(op, dims[axis] ?? null, asked);
  if (sizes === null || sizes.length > MOST_PARTS) return null;
  const rest = dims.filter((_, at) => at !== axis);
  return sizes.map((size) => ({
    dtype,
    dims: op === 'unbind' ? rest : dims.map((dim, at) => (at === axis ? size : dim)),
  }));
}

/** As many as it is made of, each with an axis for each of them. */
function gridTypes(asked: Asked): readonly ValueType[] | null {
  const tensors = asked.get('tensors');
  const names = tensors?.kind === 'tensors' ? tensors.names : [];
  if (names.length > MOST_AXES) return null;
  const dims = names.map(() => null);
  return names.map((name) => ({ dtype: asked.typeOf(name ?? '')?.dtype ?? 'float32', dims }));
}

const MOST_AXES = 16;
const MOST_PARTS = 10_000;

function partSizes(op: string, size: Dim, asked: Asked): readonly number[] | null {
  const list = asked.get('split_sizes') ?? asked.get('split_size');
  if (list?.kind === 'ints') {
    const numbers = list.value.filter((one) => typeof one === 'number');
    return numbers.length === list.value.length ? numbers : null;
  }
  if (typeof size !== 'number') return null;
  if (op === 'unbind') return size > MOST_PARTS ? null : new Array<number>(size).fill(1);
  const part = list?.kind === 'int' ? list.value : chunkSize(size, asked);
  if (part === null || part < 1 || size / part > MOST_PARTS) return null;
  return Array.from({ length: Math.ceil(size / part) }, (_, place) => Math.min(part, size - place * part));
}

function chunkSize(size: number, asked: Asked): number | null {
  const chunks = asked.int('chunks', 0);
  return chunks === null || chunks < 1 ? null : Math.max(1, Math.ceil(size / chunks));
}
