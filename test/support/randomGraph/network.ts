import { Emitter, Unrunnable, type Value } from './emitter';
import { build } from './pieces';
import { finished, type RandomNetwork } from './randomNetwork';
import type { Activation, NetworkRecipe, StageRecipe, UpRecipe } from './recipe';
import { signed } from './rng';
import { applySteps } from './steps';
import { commonDivisor, pad, sameSizes } from './windows';

/** The graph of a recipe; runs that it can't take are left out. Null where none is left. */
export function buildNetwork(recipe: NetworkRecipe): RandomNetwork | null {
  let runs = recipe.sizes.map((size, place) => ({
    batch: recipe.batches[place % recipe.batches.length]!,
    size: size.slice(0, recipe.rank),
  }));
  if (!recipe.openSizes) runs = runs.map((run) => ({ ...run, size: runs[0]!.size }));
  if (!recipe.openBatch) runs = runs.map((run) => ({ ...run, batch: runs[0]!.batch }));
  if (!recipe.openSizes && !recipe.openBatch) runs = runs.slice(0, 1);
  while (runs.length > 0) {
    try {
      return emitNetwork(recipe, runs);
    } catch (error) {
      if (!(error instanceof Unrunnable)) throw error;
      const { run } = error;
      runs = runs.filter((_, place) => place !== run);
    }
  }
  return null;
}

function emitNetwork(
  recipe: NetworkRecipe,
  runs: readonly { readonly batch: number; readonly size: readonly number[] }[],
): RandomNetwork {
  const e = new Emitter(recipe, runs);
  const input: Value = { name: 'x', channels: recipe.channels, sizes: runs.map((run) => run.size) };
  e.values.push(input);
  recipe.stages.forEach((stage, place) => {
    const from = e.values[e.values.length - 1 - (stage.from % e.values.length)]!;
    const made = e.within(`stage${place}`, () => emitStage(e, stage, from));
    e.values.push(made);
    if (stage.tapped) e.output(made.name);
  });
  e.output(e.node('Identity', [e.values[e.values.length - 1]!.name]));
  const batch = recipe.openBatch ? 'N' : runs[0]!.batch;
  const sizes = runs[0]!.size.map((size, axis) => (recipe.openSizes ? `S${axis}` : size));
  const shapes = runs.map((run) => [run.batch, recipe.channels, ...run.size]);
  return finished(e, [batch, recipe.channels, ...sizes], shapes);
}

function emitStage(e: Emitter, stage: StageRecipe, from: Value): Value {
  const stride = stage.stride.slice(0, e.rank);
  let slack = stage.slack.slice(0, e.rank);
  let source = from;
  if (stage.sourcePad !== null) {
    const { mode } = stage.sourcePad;
    const least = Math.min(...from.sizes.flat()) - 1;
    const amount = mode === 'reflect' ? Math.min(stage.sourcePad.amount, least) : stage.sourcePad.amount;
    const sides = slack.map(() => amount);
    source = pad(e, from, sides, sides, mode);
    slack = slack.map((a) => a - 2 * amount);
  }
  const joined = build(e, stage.piece, source, { stride, slack, channels: stage.channels || from.channels });
  const outer = applySteps(e, joined, stage.outer);
  const active = stage.activation === null ? outer : { ...outer, name: activate(e, outer, stage.activation) };
  return stage.up === null ? active : transposed(e, active, stage.up);
}

function activate(e: Emitter, { name }: Value, kind: Activation): string {
  switch (kind) {
    case 'LeakyRelu':
      return e.decoy(e.node('LeakyRelu', [name], { alpha: { float: 0.125 } }));
    case 'HardSwish':
      if (e.recipe.opset < 14) return e.decoy(e.node('Relu', [name]));
      return e.decoy(e.node('HardSwish', [name]));
    case 'Silu':
      return e.decoy(e.node('Mul', [name, e.decoy(e.node('Sigmoid', [name]))]));
    case 'Function': {
      const body = { op: 'Relu', inputs: ['x'], outputs: ['y'] };
      return e.decoy(
        e.call({ name: 'Activate', inputs: ['x'], outputs: ['y'], nodes: [body] }, [name], 'call'),
      );
    }
    default:
      return e.decoy(e.node(kind, [name]));
  }
}

/** A transposed convolution that makes an image no smaller, perhaps a second one beside it, and what follows. */
function transposed(e: Emitter, value: Value, up: UpRecipe): Value {
  const one = transposedConv(e, value, up, up.kernel);
  if (up.twin === 'none') return applySteps(e, one, up.steps);
  const kernel = up.twin === 'same' ? up.kernel : up.kernel.map(() => 1);
  const other = transposedConv(e, value, { ...up, bias: !up.bias }, kernel);
  const isSame = sameSizes(one.sizes, other.sizes);
  // an image of one place is broadcast
  const fits = isSame || other.sizes.every((size) => size.every((n) => n === 1));
  if (!fits) return applySteps(e, one, up.steps);
  const name = e.node('Add', [one.name, other.name], {}, { tag: 'Add transposed' });
  return applySteps(e, { ...one, name: isSame ? name : e.decoy(name) }, up.steps);
}

function transposedConv(e: Emitter, value: Value, up: UpRecipe, kernelOf: readonly number[]): Value {
  const axes = Array.from({ length: e.rank }, (_, axis) => axis);
  const each = (numbers: readonly number[]): number[] => numbers.slice(0, e.rank);
  const [kernel, stride, dilation] = [each(kernelOf), each(up.stride), each(up.dilation)];
  const groups = commonDivisor(value.channels, value.channels, up.groups);
  const extra = axes.map((axis) => Math.min(up.outputPadding, stride[axis]! - 1));
  const reach = axes.map((axis) => (kernel[axis]! - 1) * dilation[axis]!);
  // what is cut off is less than what the kernel adds
  const begin = axes.map((axis) => Math.min(up.pads[0]!, Math.floor(reach[axis]! / 2)));
  const end = axes.map((axis) => Math.min(up.pads[1]!, reach[axis]! - begin[axis]!));
  const dims = [value.channels, value.channels / groups, ...kernel];
  const inputs = [value.name, e.constant('weight', dims, signed)];
  if (up.bias) inputs.push(e.constant('bias', [value.channels], signed));
  const attrs = {
    strides: { ints: stride },
    dilations: { ints: dilation },
    pads: { ints: [...begin, ...end] },
    output_padding: { ints: extra },
    group: groups,
  };
  const name = e.node('ConvTranspose', inputs, attrs);
  const sizes = value.sizes.map((size) =>
    size.map((n, a) => (n - 1) * stride[a]! + extra[a]! + reach[a]! + 1 - begin[a]! - end[a]!),
  );
  return { ...value, sizes, name };
}
