import type { Emitter, Value } from './emitter';
import type { ConstantForm, ConstantShape, PlainOp, Step } from './recipe';
import { decoyStep } from './decoySteps';
import { signed } from './rng';

/** Appends operators with one variable input. */
export function applySteps(e: Emitter, value: Value, steps: readonly Step[]): Value {
  return steps.reduce((current, step) => applyStep(e, current, step), value);
}

function applyStep(e: Emitter, value: Value, step: Step): Value {
  switch (step.kind) {
    case 'bn':
      return { ...value, name: batchNorm(e, value, step.epsilon, step.form, step.call) };
    case 'scale': {
      // a divisor that is the variable would not be linear
      const swapped = step.swapped && step.op === 'Mul';
      const constant = channelConstant(e, value, step.shape, step.form);
      const inputs = swapped ? [constant, value.name] : [value.name, constant];
      return {
        ...value,
        name: marked(e, e.node(step.op, inputs, {}, { tag: `${step.op} constant` }), step.form),
      };
    }
    case 'shift': {
      const constant = channelConstant(e, value, step.shape, step.form);
      const inputs = step.swapped ? [constant, value.name] : [value.name, constant];
      return {
        ...value,
        name: marked(e, e.node(step.op, inputs, {}, { tag: `${step.op} constant` }), step.form),
      };
    }
    case 'plain':
      return { ...value, name: plain(e, value, step.op) };
    case 'turned':
      return { ...value, name: turned(e, value, step) };
    case 'decoy':
      return decoyStep(e, value, step.decoy);
  }
}

function marked(e: Emitter, name: string, form: ConstantForm): string {
  return form === 'overridable' ? e.decoy(name) : name;
}

const EPSILONS = [1e-5, 1e-3, 0.1];

/** BatchNormalization in inference mode; epsilon 0 stands for the default, left out. */
export function batchNorm(
  e: Emitter,
  value: Value,
  epsilon: number,
  form: ConstantForm,
  call: boolean,
): string {
  const dims = [value.channels];
  // some channels are switched off, as pruning leaves them
  const some = (random: () => number): number => (random() < 0.05 ? 0 : signed(random));
  const gamma = e.constant('gamma', dims, some, form);
  const beta = e.constant('bias', dims, signed);
  const mean = e.constant('bias', dims, signed);
  const variance = e.constant('variance', dims, (random) => 0.05 + 2 * random());
  const inputs = [value.name, gamma, beta, mean, variance];
  const size = EPSILONS[epsilon - 1];
  const attrs = size === undefined ? {} : { epsilon: { float: size } };
  if (call && form !== 'overridable') {
    const names = ['x', 'gamma', 'beta', 'mean', 'variance'];
    const body = { op: 'BatchNormalization', inputs: names, outputs: ['y'], attrs };
    const name = `Normalise${epsilon}`;
    return e.call({ name, inputs: names, outputs: ['y'], nodes: [body] }, inputs, 'BN in a function');
  }
  return marked(e, e.node('BatchNormalization', inputs, attrs), form);
}

/** A constant that varies on the channel axis only, in one of the ways that broadcasting allows. */
export function channelConstant(
  e: Emitter,
  value: Value,
  shape: ConstantShape,
  form: ConstantForm = 'initializer',
): string {
  const spatial = new Array<number>(e.rank).fill(1);
  const dims: Record<ConstantShape, readonly number[]> = {
    scalar: [],
    one: [1],
    ones: [1, 1, ...spatial],
    channel: [value.channels, ...spatial],
    full: [1, value.channels, ...spatial],
  };
  return e.constant('scale', dims[shape], signed, form);
}

/** An operator that changes nothing but perhaps the sign. */
function plain(e: Emitter, value: Value, op: PlainOp): string {
  const ones = { ints: new Array<number>(e.rank).fill(1) };
  switch (op) {
    case 'Dropout':
      // until opset 11 the ratio is an attribute
      return e.node('Dropout', e.recipe.opset < 12 ? [value.name] : [value.name, e.float(0.3)]);
    case 'Cast':
      return e.node('Cast', [value.name], { to: { float32: 1, float16: 10, float64: 11 }[e.recipe.dtype] });
    case 'MaxPool':
      return e.node('MaxPool', [value.name], { kernel_shape: ones }, { tag: 'MaxPool 1' });
    case 'AveragePool':
      return e.node('AveragePool', [value.name], { kernel_shape: ones }, { tag: 'AveragePool 1' });
    default:
      return e.node(op, [value.name], {}, { tag: op === 'Sum' || op === 'Mean' ? `${op} of one` : op });
  }
}

/** Transpose, an operator in the other layout, Transpose back. */
function turned(
  e: Emitter,
  value: Value,
  { order, op, isWrong }: Step & { readonly kind: 'turned' },
): string {
  const rank = e.rank + 2;
  const rotated = Array.from({ length: rank }, (_, axis) => (axis + 1 + (order % (rank - 1))) % rank);
  const last = [0, ...Array.from({ length: e.rank }, (_, axis) => axis + 2), 1];
  const perm = order % 2 === 0 ? last : rotated;
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  const tag = { tag: `turned ${op}` };
  const there = e.node('Transpose', [value.name], { perm: { ints: perm } }, tag);
  const back = (name: string): string => e.node('Transpose', [name], { perm: { ints: inverse } }, tag);
  const channelAxis = perm.indexOf(1);
  if (op === 'MatMul' && channelAxis === rank - 1) {
    const weight = e.constant('weight', [value.channels, value.channels], signed);
    return back(e.node('MatMul', [there, weight], {}, tag));
  }
  if (op === 'Neg' || op === 'MatMul') return back(e.node('Neg', [there], {}, tag));
  const size = value.sizes[0]!;
  const isCommon = value.sizes.every((other) => other.join() === size.join());
  const wrongAxis = perm.findIndex((axis) => axis >= 2 && size[axis - 2]! > 1);
  const wrong = isWrong && isCommon && wrongAxis >= 0;
  const axis = wrong ? wrongAxis : channelAxis;
  const length = wrong ? size[perm[axis]! - 2]! : value.channels;
  const dims = perm.map((_, place) => (place === axis ? length : 1)).slice(axis);
  const made = e.node(op, [there, e.constant('scale', dims, signed)], {}, tag);
  return back(wrong ? e.decoy(made) : made);
}
