import type { Emitter, Value } from './emitter';
import type { DecoyStep } from './recipe';
import { signed } from './rng';

/** Appends something that no merge may swallow, or that needs a value from inside a block. */
export function decoyStep(e: Emitter, value: Value, decoy: DecoyStep): Value {
  return DECOYS[decoy](e, value);
}

/** The model's input. */
const INPUT = 'x';

type Decoy = (e: Emitter, value: Value) => Value;

/** A node on the value alone. */
function unary(
  op: string,
  attrs: Readonly<Record<string, { float: number } | { ints: number[] } | number>> = {},
): Decoy {
  return (e, value) => ({ ...value, name: e.decoy(e.node(op, [value.name], attrs, { tag: `decoy ${op}` })) });
}

function node(e: Emitter, op: string, inputs: readonly string[], tag: string): string {
  return e.decoy(e.node(op, inputs, {}, { tag: `decoy ${tag}` }));
}

/** A constant of a shape that convolutions can't have; too small a shape to be one is replaced by an activation. */
function constantOp(
  op: string,
  tag: string,
  dimsOf: (e: Emitter, value: Value) => readonly number[] | null,
): Decoy {
  return (e, value) => {
    const dims = dimsOf(e, value);
    if (dims?.some((dim) => dim > 1) !== true) return unary('Relu')(e, value);
    const constant = e.constant('scale', dims, signed);
    return { ...value, name: node(e, op, [value.name, constant], tag) };
  };
}

/** The image's size where all runs share it: constants can have no other. */
function commonSize(value: Value): readonly number[] | null {
  const [first] = value.sizes;
  return first !== undefined && value.sizes.every((size) => size.join() === first.join()) ? first : null;
}

/** One number a channel that depends on the input: GlobalAveragePool, 1×1, Sigmoid. */
function attention(e: Emitter, value: Value): string {
  const pooled = e.node('GlobalAveragePool', [value.name], {}, { tag: 'decoy attention' });
  const dims = [value.channels, value.channels, ...new Array<number>(e.rank).fill(1)];
  const weight = e.constant('weight', dims, signed);
  const mixed = e.node('Conv', [pooled, weight], {}, { tag: 'decoy attention' });
  return e.decoy(e.node('Sigmoid', [mixed], {}, { tag: 'decoy attention' }));
}

/** Somebody else reads the value; what they make of it is an output or not. */
function reader(isOutput: boolean): Decoy {
  return (e, value) => {
    const other = e.node('Relu', [value.name], {}, { tag: isOutput ? 'decoy escape' : 'decoy dead reader' });
    e.decoy(other);
    if (isOutput) e.output(other);
    return value;
  };
}

/** Doubles a value's channels by broadcasting, where it has one. */
const widen: Decoy = (e, value) => {
  if (value.channels !== 1) return constantOp('Mul', 'batch', () => null)(e, value);
  const dims = [1, 3, ...new Array<number>(e.rank).fill(1)];
  const wide = node(e, 'Add', [value.name, e.constant('scale', dims, signed)], 'widen');
  // back to one channel, so that what follows fits
  const weight = e.constant('weight', [1, 3, ...new Array<number>(e.rank).fill(1)], signed);
  return { ...value, name: e.node('Conv', [wide, weight], {}, { tag: 'Conv 1×1' }) };
};

const flip: Decoy = (e, value) => {
  if (value.sizes.every((size) => size[0] === 1)) return unary('Relu')(e, value);
  const inputs = [value.name, e.ints([-1]), e.ints([-Number.MAX_SAFE_INTEGER]), e.ints([2]), e.ints([-1])];
  return { ...value, name: node(e, 'Slice', inputs, 'flip') };
};

const transpose: Decoy = (e, value) => {
  const isSquare = e.rank >= 2 && value.sizes.every((size) => size[e.rank - 1] === size[e.rank - 2]);
  if (!isSquare) return flip(e, value);
  const perm = [0, 1, ...Array.from({ length: e.rank }, (_, axis) => axis + 2)];
  [perm[e.rank], perm[e.rank + 1]] = [perm[e.rank + 1]!, perm[e.rank]!];
  const name = e.node('Transpose', [value.name], { perm: { ints: perm } }, { tag: 'decoy transpose' });
  return { ...value, name: e.decoy(name) };
};

/** [C] acts on the last spatial axis, whatever it was meant for. */
const rowAdd = constantOp('Add', 'row', (_, value) => {
  const size = commonSize(value);
  return size === null ? null : [size[size.length - 1]!];
});

const columnMul = constantOp('Mul', 'column', (_, value) => {
  const size = commonSize(value);
  return size === null ? null : [size[0]!, ...size.slice(1).map(() => 1)];
});

const mapAdd = constantOp('Add', 'map', (_, value) => {
  const size = commonSize(value);
  return size === null || size.every((n) => n === 1) ? null : [1, value.channels, ...size];
});

/** One number a channel, written out for every place: still a bias. */
const uniformMap: Decoy = (e, value) => {
  const size = commonSize(value);
  const random = e.random();
  if (size === null) return constantOp('Add', 'map', () => null)(e, value);
  const row = Array.from({ length: value.channels }, () => signed(random));
  const plane = size.reduce((product, n) => product * n, 1);
  const data = row.flatMap((number) => new Array<number>(plane).fill(number));
  const constant = e.floats(data, [1, value.channels, ...size]);
  return { ...value, name: e.node('Add', [value.name, constant], {}, { tag: 'Add expanded constant' }) };
};

/** An image of one place is stretched over a constant, the same number everywhere, then cut back. */
const stretch: Decoy = (e, value) => {
  const ones = new Array<number>(e.rank).fill(1);
  const isOne = value.sizes.every((size) => size.every((n) => n === 1));
  const pooled = isOne
    ? value.name
    : e.decoy(e.node('GlobalAveragePool', [value.name], {}, { tag: 'decoy pooled' }));
  const twos = ones.map(() => 2);
  const constant = e.floats(new Array<number>(2 ** e.rank).fill(0.5), twos);
  const wide = node(e, 'Add', [pooled, constant], 'stretch');
  const inputs = [wide, e.ints(ones), e.ints(twos), e.ints(ones.map((_, axis) => axis + 2))];
  const one = e.node('Slice', inputs, {}, { tag: 'Slice' });
  return { ...value, name: isOne ? one : node(e, 'Mul', [value.name, one], 'pooled') };
};

/** Makes a batch of one into a batch of two, then takes the first again. */
const batchAdd: Decoy = (e, value) => {
  if (e.runs.some((run) => run.batch !== 1)) return unary('Relu')(e, value);
  const constant = e.constant('scale', [2, ...new Array<number>(e.rank + 1).fill(1)], signed);
  const two = node(e, 'Add', [value.name, constant], 'batch');
  const inputs = [two, e.ints([1]), e.ints([2]), e.ints([0]), e.ints([1])];
  return { ...value, name: node(e, 'Slice', inputs, 'batch') };
};

/** The mean with itself and a constant. */
const meanOfConstant: Decoy = (e, value) => {
  const constant = e.constant('scale', [1, value.channels, ...new Array<number>(e.rank).fill(1)], signed);
  // linear all the same: a block may hold it once there is a rule for it
  return { ...value, name: e.node('Mean', [value.name, constant], {}, { tag: 'Mean with a constant' }) };
};

const addPooled: Decoy = (e, value) => {
  const pooled = e.node('GlobalAveragePool', [value.name], {}, { tag: 'decoy pooled' });
  return { ...value, name: node(e, 'Add', [value.name, e.decoy(pooled)], 'pooled') };
};

/** BatchNormalization by the batch's own statistics; who trains asks for the running ones as well, and onnxruntime loads no other. */
const training =
  (outputs: number): Decoy =>
  (e, value) => {
    if (e.recipe.opset < 14) return unary('Relu')(e, value);
    const parameters = [0, 1, 2, 3].map(() =>
      e.constant('variance', [value.channels], (random) => 0.5 + random()),
    );
    const options = { tag: 'decoy training', outputs };
    const name = e.node('BatchNormalization', [value.name, ...parameters], { training_mode: 1 }, options);
    return { ...value, name: e.decoy(name) };
  };

const instanceNorm: Decoy = (e, value) => {
  const parameters = [0, 1].map(() => e.constant('variance', [value.channels], (random) => 0.5 + random()));
  return { ...value, name: node(e, 'InstanceNormalization', [value.name, ...parameters], 'instance') };
};

/** Through an integer and back: rounds towards zero. */
const castRound: Decoy = (e, value) => {
  const whole = e.node('Cast', [value.name], { to: 6 }, { tag: 'decoy round' });
  const back = e.node('Cast', [e.decoy(whole)], {
    to: { float32: 1, float16: 10, float64: 11 }[e.recipe.dtype],
  });
  return { ...value, name: e.decoy(back) };
};

/** Captured by the branch of an If, and by nothing else. */
const capture: Decoy = (e, value) => {
  const inner = `${value.name}.captured`;
  const graph = (op: string) => ({
    name: op,
    outputs: { [`${inner}.${op}`]: [e.recipe.dtype, null] as const },
    nodes: [{ op, inputs: [value.name], outputs: [`${inner}.${op}`] }],
  });
  const attrs = { then_branch: { graph: graph('Relu') }, else_branch: { graph: graph('Neg') } };
  const other = e.node('If', [e.bool(true)], attrs, { tag: 'decoy capture' });
  e.output(e.decoy(other));
  return value;
};

/** Dropout whose mask somebody reads. */
const maskOutput: Decoy = (e, value) => {
  const inputs = e.recipe.opset < 12 ? [value.name] : [value.name, e.float(0.3)];
  const name = e.node('Dropout', inputs, {}, { outputs: 2, tag: 'decoy mask' });
  const mask = e.node('Cast', [`${name}.1`], {
    to: { float32: 1, float16: 10, float64: 11 }[e.recipe.dtype],
  });
  e.output(e.decoy(mask));
  return { ...value, name: e.decoy(name) };
};

/** An absolute end, behind every image of these runs, but not behind every image. */
const clampedSlice: Decoy = (e, value) => {
  const inputs = [value.name, e.ints([0]), e.ints([40]), e.ints([2]), e.ints([1])];
  const name = e.node('Slice', inputs, {}, { tag: 'Slice absolute end' });
  return { ...value, name: e.recipe.openSizes ? e.decoy(name) : name };
};

/** A pooling with ceil_mode at stride 1, and one that does not count its padding. */
const ceilPool: Decoy = (e, value) => {
  const kernel = { ints: new Array<number>(e.rank).fill(2) };
  const ones = { ints: new Array<number>(e.rank).fill(1) };
  if (value.sizes.some((size) => size.some((n) => n < 2))) return unary('Relu')(e, value);
  const attrs = { kernel_shape: kernel, strides: ones, ceil_mode: 1 };
  const pooled = e.node('AveragePool', [value.name], attrs, { tag: 'AveragePool ceil' });
  const attributes = { kernel_shape: kernel, pads: { ints: new Array<number>(2 * e.rank).fill(1) } };
  const again = e.node('AveragePool', [pooled], attributes, { tag: 'AveragePool without pads counted' });
  return { ...value, name: e.decoy(again) };
};

const cube = (e: Emitter, size: number): number[] => new Array<number>(e.rank).fill(size);

const DECOYS: Readonly<Record<DecoyStep, Decoy>> = {
  relu: unary('Relu'),
  leaky: unary('LeakyRelu', { alpha: { float: 0.1 } }),
  sigmoid: unary('Sigmoid'),
  maxpool: (e, value) => {
    const pads = new Array<number>(2 * e.rank).fill(1);
    return unary('MaxPool', { kernel_shape: { ints: cube(e, 3) }, pads: { ints: pads } })(e, value);
  },
  maxpoolSame: (e, value) => {
    const attrs = { kernel_shape: { ints: cube(e, 2) }, auto_pad: 'SAME_UPPER' };
    return { ...value, name: e.decoy(e.node('MaxPool', [value.name], attrs, { tag: 'decoy MaxPool' })) };
  },
  square: (e, value) => ({ ...value, name: node(e, 'Mul', [value.name, value.name], 'square') }),
  gate: (e, value) => ({ ...value, name: node(e, 'Mul', [value.name, attention(e, value)], 'gate') }),
  selfScale: (e, value) => {
    const clipped = e.decoy(e.node('HardSigmoid', [value.name], {}, { tag: 'decoy activation' }));
    return { ...value, name: node(e, 'Mul', [clipped, value.name], 'activation') };
  },
  trainBn: training(3),
  trainBnAlone: training(1),
  instanceNorm,
  castRound,
  flip,
  transpose,
  rowAdd,
  columnMul,
  mapAdd,
  uniformMap,
  stretch,
  batchAdd,
  widen,
  meanOfConstant,
  addPooled,
  overridableScale: (e, value) => {
    const constant = e.constant(
      'scale',
      [value.channels, ...new Array<number>(e.rank).fill(1)],
      signed,
      'overridable',
    );
    return { ...value, name: node(e, 'Mul', [value.name, constant], 'overridable') };
  },
  escape: reader(true),
  deadReader: reader(false),
  output: (e, value) => {
    if (value.name !== INPUT) e.output(value.name);
    return value;
  },
  capture,
  maskOutput,
  clampedSlice,
  ceilPool,
};
