import type { Dim, Node, ValueType } from '../../ir/model';
import { variableInputs } from '../side';
import type { Correspondence } from './correspondence';
import type { Likeness } from './likeness';
import type { Part } from './part';

/** Merged blocks are one node, half-merged ones a few dozen; this bounds the walk behind them. */
const MAX_WALK = 256;

/** Operators that a merged block may still hold: everything affine, whatever the graph it was merged from. */
const AFFINE: ReadonlySet<string> = new Set([
  ...['Conv', 'ConvTranspose', 'BatchNormalization', 'MatMul', 'Gemm', 'AveragePool', 'MaxPool', 'Pad'],
  ...[
    'Add',
    'Sub',
    'Sum',
    'Mean',
    'Mul',
    'Div',
    'Neg',
    'Identity',
    'Dropout',
    'Cast',
    'Concat',
    'Slice',
    'Split',
  ],
  ...['Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Expand', 'ScatterND', 'Gather', 'Shape'],
]);

/**
 * Values of the second model that may be the block's result: reached from its source by affine nodes alone, of the
 * right type, and read as the block's result is read. In topological order; the one of the same name comes first.
 * Where no type fits, those of another image size: a stride that was forgotten changes the sizes of all that follows.
 */
export function sinkCandidates(
  block: Part,
  values: Correspondence,
  outputs: ReadonlyMap<string, string>,
): readonly string[] {
  const source = values.of(block.region.source);
  if (source === null) return [];
  const alike = affineReach(source, block, values).filter((value) =>
    isReadAlike(block, value, values, outputs),
  );
  const exact = alike.filter((value) => typeFits(block, value, values, Infinity));
  const fitting =
    exact.length > 0 ? exact : alike.filter((value) => typeFits(block, value, values, CHANNELS));
  const { sink } = block.region;
  return fitting.includes(sink) ? [sink] : fitting;
}

/** Axes up to the channels, behind which the image begins. */
const CHANNELS = 2;

/**
 * Where what follows a lost block goes on: at what is read as its result is read, whatever it computes, or at its source where
 * the second model has nothing in its place. Null where there is no telling.
 */
export function standIn(
  block: Part,
  values: Correspondence,
  outputs: ReadonlyMap<string, string>,
): string | null {
  const source = values.of(block.region.source);
  if (source === null) return null;
  // the furthest first, the source itself last
  const found = [source, ...affineReach(source, block, values)].reverse();
  return found.find((value) => isReadAlike(block, value, values, outputs)) ?? null;
}

function affineReach(source: string, block: Part, { fused }: Correspondence): readonly string[] {
  const reach = new Set([source]);
  const found: string[] = [];
  const allowed = new Set(block.region.nodes.map((node) => node.opType));
  const start = fused.index.producer.get(source);
  const from = start === undefined ? 0 : (fused.index.position.get(start) ?? 0) + 1;
  for (const node of fused.index.order.slice(from)) {
    if (found.length >= MAX_WALK) break;
    if (!AFFINE.has(node.opType) && !allowed.has(node.opType)) continue;
    const inputs = variableInputs(fused, node);
    if (inputs.length === 0 || !inputs.every((input) => reach.has(input))) continue;
    for (const output of node.outputs) {
      reach.add(output);
      found.push(output);
    }
  }
  return found;
}

/** @param axes how many axes have to agree. */
function typeFits(
  block: Part,
  value: string,
  { original, fused, likeness }: Correspondence,
  axes: number,
): boolean {
  const ours = original.facts.types.get(block.region.sink);
  const theirs = fused.facts.types.get(value);
  return ours === undefined || theirs === undefined || fits(ours, theirs, likeness, axes);
}

/** Sizes agree where both are numbers. */
function fits(a: ValueType, b: ValueType, { dtypes }: Likeness, axes: number): boolean {
  if (!dtypes(a.dtype, b.dtype)) return false;
  if (a.dims === null || b.dims === null) return true;
  const numbers = (one: Dim, other: Dim): boolean => typeof one === 'number' && typeof other === 'number';
  return (
    a.dims.length === b.dims.length &&
    a.dims.every(
      (dim, axis) => axis >= axes || !numbers(dim, b.dims?.[axis] ?? null) || dim === b.dims?.[axis],
    )
  );
}

function isReadAlike(
  block: Part,
  value: string,
  { original, fused }: Correspondence,
  outputs: ReadonlyMap<string, string>,
): boolean {
  const { sink } = block.region;
  const wanted = outputs.get(sink);
  if (wanted !== undefined) return wanted === value;
  if (fused.index.outputs.has(value)) return false;
  const operators = (readers: readonly Node[] | undefined): readonly string[] =>
    (readers ?? []).map((node) => node.opType);
  const theirs = operators(fused.index.consumers.get(value));
  const dead = new Set(block.dead);
  const ours = (original.index.consumers.get(sink) ?? []).filter((node) => !dead.has(node));
  // the next block may have been merged as well: its operators are others, but something must read the value
  return theirs.length > 0 && ours.every((node) => theirs.includes(node.opType) || startsBlock(theirs));
}

function startsBlock(operators: readonly string[]): boolean {
  return operators.some((opType) => opType === 'Conv' || opType === 'MatMul' || opType === 'Gemm');
}
