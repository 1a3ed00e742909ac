import type { AttributeSpec } from '../onnxBuilder';
import { Unrunnable, type Emitter, type Value } from './emitter';
import type { ConstantForm, ConvRecipe } from './recipe';
import { signed } from './rng';

/** Where a piece has to arrive: size(y) = ⌊(size(x) + slack − 1)/stride⌋ + 1 on every axis, and so many channels. */
export interface Goal {
  readonly stride: readonly number[];
  readonly slack: readonly number[];
  readonly channels: number;
}

/** Sizes behind a window of the given stride and slack. @throws Unrunnable for an empty image. */
export function sizesBehind(
  value: Value,
  stride: readonly number[],
  slack: readonly number[],
): readonly (readonly number[])[] {
  return value.sizes.map((size, run) =>
    size.map((n, axis) => {
      const out = Math.floor((n + slack[axis]! - 1) / stride[axis]!) + 1;
      if (out < 1) throw new Unrunnable(run, `an image of ${n} leaves nothing`);
      return out;
    }),
  );
}

export function sameSizes(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): boolean {
  return a.every((size, run) => size.join() === b[run]!.join());
}

/** One of the numbers that divide both. */
export function commonDivisor(a: number, b: number, choice: number): number {
  const divisors = Array.from({ length: Math.min(a, b) }, (_, i) => i + 1).filter(
    (d) => a % d === 0 && b % d === 0,
  );
  return divisors[choice % divisors.length]!;
}

/** Padding T = slack + (k − 1)·d an axis, shared between both sides; negative where the image must be cropped instead. */
export function padding(
  conv: ConvRecipe,
  slack: readonly number[],
): { begin: number[]; end: number[]; crop: number[] } {
  const begin: number[] = [];
  const end: number[] = [];
  const crop: number[] = [];
  slack.forEach((a, axis) => {
    const total = a + (conv.kernel[axis]! - 1) * conv.dilation[axis]!;
    const first = Math.round(Math.max(0, total) * conv.split[axis]!);
    begin.push(first);
    end.push(Math.max(0, total) - first);
    crop.push(Math.max(0, -total));
  });
  return { begin, end, crop };
}

/** Slice [begin : −end : step] of the spatial axes. */
export function crop(
  e: Emitter,
  value: Value,
  begin: readonly number[],
  end: readonly number[],
  step: readonly number[] = begin.map(() => 1),
): Value {
  const axes = begin
    .map((_, axis) => axis)
    .filter((axis) => begin[axis]! + end[axis]! > 0 || step[axis]! > 1);
  if (axes.length === 0) return value;
  const stops = axes.map((axis) => (end[axis] === 0 ? Number.MAX_SAFE_INTEGER : -end[axis]!));
  const sizes = sizesBehind(
    value,
    step,
    begin.map((b, axis) => -b - end[axis]!),
  );
  const inputs = [
    value.name,
    e.ints(axes.map((axis) => begin[axis]!)),
    e.ints(stops),
    e.ints(axes.map((axis) => axis + 2)),
    e.ints(axes.map((axis) => step[axis]!)),
  ];
  return { ...value, sizes, name: e.node('Slice', inputs) };
}

/** Pad of the spatial axes. */
export function pad(
  e: Emitter,
  value: Value,
  begin: readonly number[],
  end: readonly number[],
  mode: string,
  fill: string | null = null,
): Value {
  if ([...begin, ...end].every((amount) => amount === 0)) return value;
  const pads = e.ints([0, 0, ...begin, 0, 0, ...end]);
  const inputs = fill === null ? [value.name, pads] : [value.name, pads, fill];
  const name = e.node('Pad', inputs, { mode }, { tag: `Pad ${mode}` });
  const sizes = value.sizes.map((size) => size.map((n, axis) => n + begin[axis]! + end[axis]!));
  return { ...value, sizes, name };
}

export interface ConvShape {
  readonly channels: number;
  readonly stride: readonly number[];
  readonly begin: readonly number[];
  readonly end: readonly number[];
  /** auto_pad instead of the pads, whose sizes it must give as well. */
  readonly auto?: string;
  readonly bias?: (random: () => number) => number;
}

/** A Conv of the recipe's kernel, dilation, groups and constants. */
export function conv(e: Emitter, value: Value, recipe: ConvRecipe, shape: ConvShape): Value {
  const kernel = recipe.kernel.slice(0, e.rank);
  const dilation = recipe.dilation.slice(0, e.rank);
  const groups = commonDivisor(value.channels, shape.channels, recipe.groups);
  const perGroup = value.channels / groups;
  const terms = perGroup * kernel.reduce((product, k) => product * k, 1);
  const weight = e.constant(
    'weight',
    [shape.channels, perGroup, ...kernel],
    (random) => signed(random) / Math.sqrt(terms),
    recipe.form,
  );
  const makeBias = shape.bias ?? (recipe.bias ? signed : undefined);
  const biasForm: ConstantForm = recipe.form === 'overridable' ? 'initializer' : recipe.form;
  const bias =
    makeBias && e.constant('bias', [shape.channels], makeBias, shape.bias ? 'initializer' : biasForm);
  const inputs = [value.name, weight, ...(bias === undefined ? [] : [bias])];
  const attrs = convAttributes(kernel, dilation, groups, shape);
  const name = e.node('Conv', inputs, attrs, { tag: convTag(kernel, dilation, groups, perGroup, shape) });
  if (recipe.form === 'overridable') e.decoy(name);
  const slack = kernel.map((k, axis) => shape.begin[axis]! + shape.end[axis]! - (k - 1) * dilation[axis]!);
  return { name, channels: shape.channels, sizes: sizesBehind(value, shape.stride, slack) };
}

function convAttributes(
  kernel: readonly number[],
  dilation: readonly number[],
  groups: number,
  { stride, begin, end, auto }: ConvShape,
): Record<string, AttributeSpec> {
  const attrs: Record<string, AttributeSpec> = { strides: { ints: stride }, dilations: { ints: dilation } };
  // what has a default is left out now and then
  if (stride.every((s) => s === 1) && groups % 2 === 1) delete attrs.strides;
  if (dilation.every((d) => d === 1) && kernel.length % 2 === 0) delete attrs.dilations;
  if (groups !== 1) attrs.group = groups;
  if (kernel[0] !== 1) attrs.kernel_shape = { ints: kernel };
  if (auto !== undefined) attrs.auto_pad = auto;
  else if ([...begin, ...end].some((amount) => amount > 0)) attrs.pads = { ints: [...begin, ...end] };
  return attrs;
}

function convTag(
  kernel: readonly number[],
  dilation: readonly number[],
  groups: number,
  perGroup: number,
  { begin, end, auto }: ConvShape,
): string {
  if (auto !== undefined && auto !== 'VALID') return 'Conv auto_pad';
  if (kernel.every((k) => k === 1)) return groups > 1 ? 'Conv 1×1 grouped' : 'Conv 1×1';
  if (kernel.some((k) => k !== kernel[0])) return 'Conv asymmetric';
  if (kernel.some((k, axis) => k > 1 && dilation[axis]! > 1)) return 'Conv dilated';
  if (begin.some((b, axis) => b !== end[axis])) return 'Conv uneven pads';
  if (kernel[0]! % 2 === 0) return 'Conv even kernel';
  if (groups > 1) return perGroup === 1 ? 'Conv depthwise' : 'Conv grouped';
  return 'Conv k×k';
}
