import { intAttribute, intsAttribute, stringAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { candidateBindings } from '../../passes/specialise';
import { inferFacts } from '../../passes/valueFacts';
import { elementCount } from '../../tensor/tensor';
import type { Side } from '../side';
import type { Part } from '../match/part';

/** Shapes of a block's source to try. */
export interface BlockShapes {
  readonly shapes: readonly (readonly number[])[];
  /** The image size that the model has there, where smaller ones are tried because that one would take too long. */
  readonly insteadOf: string | null;
}

/**
 * Numbers that one probe of one block may make in float64, products among them, which is computed four times (either form, its value
 * and its magnitude) at some 10^9 a second. A convolution that is right at a small size is right at all: the small one shows
 * every tap and the border. So known sizes are kept up to here only.
 */
const PROBE_MACS = 3e6;

/** Numbers that all probes of one block may make together. */
export const BLOCK_MACS = 12e6;

/** Sizes to try where the model leaves them open: even and odd, oblong both ways; the smaller ones for wide blocks. */
const OPEN_SIZES: readonly (readonly (readonly [number, number])[])[] = [
  [
    [9, 12],
    [14, 7],
  ],
  [
    [5, 6],
    [7, 4],
  ],
  [
    [3, 4],
    [4, 3],
  ],
  [
    [2, 3],
    [3, 2],
  ],
];

/** Operators that work at any image size: no index, shape or border constant is baked in. */
const ANY_SIZE: ReadonlySet<string> = new Set([
  ...['Conv', 'BatchNormalization', 'AveragePool', 'MaxPool', 'Identity', 'Dropout', 'Cast', 'Pad'],
  ...['Add', 'Sub', 'Sum', 'Mean', 'Mul', 'Div', 'Neg'],
]);

/** Null where the source has no known rank, or no size of it can be told. */
export function blockShapes(side: Side, block: Part): BlockShapes | null {
  const type = side.facts.types.get(block.region.source);
  const dims = type?.dims;
  if (!dims || dims.length < 2) return null;
  const anySize = worksAtAnySize(side, block.region.nodes);
  if (typeof dims[1] !== 'number' || (!anySize && dims.some((dim) => typeof dim !== 'number'))) {
    const shapes = shapesInModel(side, block);
    return shapes.length === 0 ? null : { shapes, insteadOf: null };
  }
  const [batch, channels, ...sizes] = dims as [number | string | null, number, ...(number | string | null)[]];
  const batches = typeof batch === 'number' ? [batch] : [1, 2];
  const perPixel = macsPerPixel(side, block);
  const widest = Math.max(0, ...block.region.nodes.map((node) => windowSpan(node, side)));
  const spatial = spatialSizes(sizes, perPixel, anySize, widest);
  // each size is tried with one batch, so that both kinds of sizes cost little
  const count = Math.max(batches.length, spatial.length);
  const shapes = Array.from({ length: count }, (_, i) => [
    batches[i % batches.length] as number,
    channels,
    ...(spatial[i % spatial.length] ?? []),
  ]);
  const isKnown = sizes.every((size) => typeof size === 'number');
  const isSmaller = isKnown && spatial.some((size) => size.some((one, axis) => one !== sizes[axis]));
  return { shapes, insteadOf: isSmaller ? sizes.join('×') : null };
}

/**
 * Shapes that the source has at sizes which the whole model can be run at: for blocks that hold indices or shapes, which an
 * exporter may have computed for one size. Some of them may not be computable; no one can tell without trying.
 */
function shapesInModel(side: Side, { region }: Part): readonly (readonly number[])[] {
  const shapes = new Map<string, readonly number[]>();
  for (const bindings of candidateBindings(side.model)) {
    const facts = inferFacts(side.model, side.index, bindings);
    const dims = facts.types.get(region.source)?.dims ?? [];
    const known = dims.filter((dim) => typeof dim === 'number');
    if (known.length === dims.length && facts.conflicts.length === 0) shapes.set(known.join(), known);
  }
  return [...shapes.values()];
}

function spatialSizes(
  sizes: readonly (number | string | null)[],
  perPixel: number,
  anySize: boolean,
  widest: number,
): readonly (readonly number[])[] {
  const fixed = sizes.filter((size) => typeof size === 'number');
  const known = fixed.length === sizes.length;
  if (known && (!anySize || elementCount(fixed) * perPixel <= PROBE_MACS)) return [fixed];
  // a fixed size in an open image stays what it is, unless all may change
  const open = (pair: readonly [number, number]): readonly number[] =>
    sizes.map((size, axis) =>
      typeof size === 'number' && !(known && anySize) ? size : (pair[axis % 2] ?? 1),
    );
  const needed = OPEN_SIZES.slice(widest <= SMALL_KERNEL ? 1 : 0);
  const affordable = needed.find((pairs) =>
    pairs.every((pair) => elementCount(open(pair)) * perPixel <= PROBE_MACS),
  );
  return (affordable ?? (OPEN_SIZES[OPEN_SIZES.length - 1] as (typeof OPEN_SIZES)[0])).map(open);
}

/** Up to here the second largest sizes show every tap away from the border. */
const SMALL_KERNEL = 3;

/** Elements from a window's first to its last, along its longest axis; 1 without a window. */
function windowSpan(node: Node, { facts }: Side): number {
  const kernel =
    intsAttribute(node, 'kernel_shape') ?? facts.constants.get(node.inputs[1] ?? '')?.dims.slice(2);
  if (!WINDOWS.has(node.opType) || kernel === undefined) return 1;
  const dilations = intsAttribute(node, 'dilations');
  return Math.max(1, ...kernel.map((size, axis) => (size - 1) * (dilations?.[axis] ?? 1) + 1));
}

const WINDOWS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'AveragePool', 'MaxPool']);

/** Numbers that the unfused block makes for one pixel of its source: a product with each weight, and a number a node and channel. */
export function macsPerPixel(side: Side, block: Part): number {
  const weights = new Set(block.region.nodes.flatMap((node) => node.inputs));
  const channels = side.facts.types.get(block.region.source)?.dims?.[1];
  let total = 1 + block.region.nodes.length * (typeof channels === 'number' ? channels : 1);
  for (const name of weights) {
    const tensor = side.facts.constants.get(name);
    if (tensor?.dtype.includes('float') === true) total += elementCount(tensor.dims);
  }
  return total;
}

/** Whether every one of the nodes works at any image size, and in any batch. `others`: operators that do as well. */
export function worksAtAnySize(side: Side, nodes: readonly Node[], others: readonly string[] = []): boolean {
  return nodes.every(
    (node) =>
      (ANY_SIZE.has(node.opType) || others.includes(node.opType)) &&
      // a constant with spatial extent is added or multiplied: it fits one size
      (!['Add', 'Sub', 'Mul', 'Div', 'Sum', 'Mean'].includes(node.opType) ||
        node.inputs.every((input) => isPerChannel(side, input))),
  );
}

/** Whether a node's window depends on the image size: then what holds at one size need not hold at another. */
export function isSizeDependent(node: Node): boolean {
  const strided = intsAttribute(node, 'strides')?.some((stride) => stride > 1) === true;
  const automatic = stringAttribute(node, 'auto_pad', 'NOTSET').startsWith('SAME');
  return strided && (automatic || intAttribute(node, 'ceil_mode', 0) === 1);
}

function isPerChannel(side: Side, input: string): boolean {
  const tensor = side.facts.constants.get(input);
  return tensor === undefined || tensor.dims.slice(-2).every((dim) => dim === 1) || tensor.dims.length === 0;
}
