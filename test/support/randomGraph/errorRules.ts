import { floatAttribute, intsAttribute } from '../../../src/core/ir/attributes';
import type { Node } from '../../../src/core/ir/model';
import { isFloat } from '../../../src/core/tensor/dtype';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { exact, NoBound, withData, type Erring, type RuleContext } from './runningError';

/** How each operator passes errors on; see runningError. */
export type ErrorRule = (context: RuleContext) => readonly Erring[];

const abs = (array: NdArray): NdArray => withData(array, array.data.map(Math.abs));
/** |v| + E: what the computed value may be as large as. */
const largest = ({ value, error }: Erring): NdArray =>
  withData(
    value,
    value.data.map((v, i) => Math.abs(v) + error.data[i]!),
  );
const plus = (...arrays: readonly NdArray[]): NdArray =>
  withData(
    arrays[0]!,
    arrays[0]!.data.map((_, i) => arrays.reduce((total, array) => total + array.data[i]!, 0)),
  );
const times = (factor: number, array: NdArray): NdArray =>
  withData(
    array,
    array.data.map((v) => v * factor),
  );
const product = (values: readonly number[]): number => values.reduce((all, value) => all * value, 1);
const operand = ({ inputs, node }: RuleContext, place: number): Erring => {
  const input = inputs[place];
  if (!input) throw new NoBound(`${node.opType} has no input ${place}`);
  return input;
};
const first = ({ outputs }: RuleContext): NdArray => outputs[0]!;

/** Elements are moved or the largest is taken: errors go where the elements go. */
const move =
  (places: readonly number[] | 'all' = [0]): ErrorRule =>
  (context) => {
    const { inputs, node, outputs, computeAll } = context;
    const errors = inputs.map((input, place) =>
      input === null ? null : places === 'all' || places.includes(place) ? input.error : input.value,
    );
    // the number that a Pad fills with is exact
    if (node.opType === 'Pad' && errors.length > 2) errors[2] = null;
    const terms = Math.max(...inputs.map((input) => input?.terms ?? 0));
    const moved = computeAll(errors);
    return outputs.map((value, i) => {
      const error = moved[i];
      // the mask of a Dropout has no error
      return error === undefined || !isFloat(value.dtype) ? exact(value) : { value, error, terms };
    });
  };

/** Σ of all inputs with coefficients ±1 or 1/n. */
const sum: ErrorRule = (context) => {
  const { inputs, node, compute, gamma } = context;
  const own: Node = { ...node, opType: node.opType === 'Sub' ? 'Add' : node.opType };
  const present = inputs.filter((input) => input !== null);
  const terms = Math.max(...present.map((input) => input.terms)) + present.length;
  const through = compute(
    present.map((input) => input.error),
    own,
  );
  const magnitude = compute(present.map(largest), own);
  return [{ value: first(context), error: plus(through, times(gamma(terms + 1), magnitude)), terms }];
};

/** A sum of products of two factors, and a bias: |W|·E(x) + E(W)·(|x| + E(x)) + E(b). */
const bilinear =
  (count: (x: Erring, w: Erring) => number): ErrorRule =>
  (context) => {
    const { inputs, compute, gamma } = context;
    const [x, w] = [operand(context, 0), operand(context, 1)];
    const bias = inputs[2] ?? null;
    const terms = Math.max(x.terms, w.terms, 0) + count(x, w) + (bias === null ? 0 : 1);
    const magnitude = compute([largest(x), largest(w), ...(bias === null ? [] : [largest(bias)])]);
    const parts = [
      compute([x.error, abs(w.value), ...(bias === null ? [] : [bias.error])]),
      compute([largest(x), w.error]),
    ];
    return [{ value: first(context), error: plus(...parts, times(gamma(terms), magnitude)), terms }];
  };

/** α·x·W + β·c: as a product, with two roundings more. */
const gemm: ErrorRule = (context) => {
  const { node } = context;
  const attributes = new Map(node.attributes);
  for (const name of ['alpha', 'beta']) {
    const value = floatAttribute(node, name, 1);
    attributes.set(name, { kind: 'float', value: Math.abs(value) });
  }
  const own: Node = { ...node, attributes };
  const [x, w] = [operand(context, 0), operand(context, 1)];
  const depth = x.value.dims[1] ?? 1;
  return bilinear(() => depth + 3)({
    ...context,
    inputs: [x, w, context.inputs[2] ?? null],
    compute: (arrays) => context.compute(arrays, own),
  });
};

/** Σ over a window of elements, divided. */
const mean =
  (count: (context: RuleContext) => number): ErrorRule =>
  (context) => {
    const x = operand(context, 0);
    const terms = x.terms + count(context) + 1;
    const magnitude = context.compute([largest(x)]);
    const error = plus(context.compute([x.error]), times(context.gamma(terms), magnitude));
    return [{ value: first(context), error, terms }];
  };

/** y = f(x) element by element with |f(a) − f(b)| ≤ slope·|a − b|, and so many roundings of at most `size`. */
const curve =
  (
    slope: number | ((context: RuleContext) => number),
    roundings: number,
    size: (x: number, context: RuleContext) => number = Math.abs,
  ): ErrorRule =>
  (context) => {
    const x = operand(context, 0);
    const steepest = typeof slope === 'number' ? slope : slope(context);
    const gamma = context.gamma(roundings);
    const error = x.error.data.map((e, i) => {
      const reach = Math.abs(x.value.data[i]!) + e;
      return steepest * e + (roundings === 0 ? 0 : gamma * size(reach, context));
    });
    return [{ value: first(context), error: withData(x.error, error), terms: 0 }];
  };

/** t·x + (β − μ·t), t = γ/√(σ² + ε): 8 roundings, wherever t is worked in. */
const batchNorm: ErrorRule = (context) => {
  const { node, gamma } = context;
  const x = operand(context, 0);
  const [scale, shift, average, variance] = [1, 2, 3, 4].map(
    (place) => operand(context, place).value.data,
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const epsilon = floatAttribute(node, 'epsilon', 1e-5);
  const plane = product(x.value.dims.slice(2));
  const rounding = gamma(x.terms + 8);
  const error = x.error.data.map((e, i) => {
    const c = Math.floor(i / plane) % scale.length;
    const t = Math.abs(scale[c]!) / Math.sqrt(variance[c]! + epsilon);
    const offset = Math.abs(shift[c]!) + t * Math.abs(average[c]!);
    return t * e + rounding * (t * (Math.abs(x.value.data[i]!) + e) + offset);
  });
  return [{ value: first(context), error: withData(x.error, error), terms: x.terms }];
};

/** By a constant: the relative error of 1/c counts as two roundings more. */
const divide: ErrorRule = (context) => {
  const [a, b] = [operand(context, 0), operand(context, 1)];
  if (b.error.data.some((e) => e !== 0)) throw new NoBound('Div by what is not exact');
  const terms = a.terms + 3;
  const through = context.compute([a.error, abs(b.value)]);
  const magnitude = context.compute([largest(a), abs(b.value)]);
  return [{ value: first(context), error: plus(through, times(context.gamma(terms), magnitude)), terms }];
};

const window = ({ node }: RuleContext): number => product(intsAttribute(node, 'kernel_shape') ?? []);
const plane = (context: RuleContext): number => product(operand(context, 0).value.dims.slice(2));

const sigmoid: ErrorRule = (context) => {
  if (!context.options.accurateSigmoid) throw new NoBound('Sigmoid of unknown accuracy');
  // exp to within an ulp (two roundings), a sum, a quotient
  return curve(0.25, 4, () => 1)(context);
};

/** |Δs| ≤ ½·max |Δz|, since Σ_j |∂s_i/∂z_j| = 2·s_i·(1 − s_i); exp, a sum of n, a quotient. */
const softmax: ErrorRule = (context) => {
  if (!context.options.accurateSigmoid) throw new NoBound('Softmax of unknown accuracy');
  const x = operand(context, 0);
  const worst = x.error.data.reduce((most, e) => Math.max(most, e), 0) / 2;
  const gamma = context.gamma(x.error.data.length + 6);
  return [
    {
      value: first(context),
      error: withData(
        x.error,
        x.error.data.map(() => worst + gamma),
      ),
      terms: 0,
    },
  ];
};

/** Casts to the type that it has, and masks. */
const cast: ErrorRule = (context) => {
  const x = operand(context, 0);
  if (x.value.dtype !== first(context).dtype && x.error.data.some((e) => e !== 0)) throw new NoBound('Cast');
  return move()(context);
};

export const errorRules: ReadonlyMap<string, ErrorRule> = new Map<string, ErrorRule>([
  ...[
    'Identity',
    'Dropout',
    'MaxPool',
    'Pad',
    'Slice',
    'Split',
    'Gather',
    'Reshape',
    'Transpose',
    'Expand',
  ].map((op) => [op, move()] as const),
  ['Squeeze', move()],
  ['Unsqueeze', move()],
  ['Concat', move('all')],
  ['ScatterND', move([0, 2])],
  ['Cast', cast],
  ['Relu', curve(1, 0)],
  ['Neg', curve(1, 0)],
  ['LeakyRelu', curve(1, 1)],
  ['HardSwish', curve(1.5, 4, (x) => x * (x / 6 + 0.5))],
  ['HardSigmoid', curve(0.2, 3, (x) => 0.2 * x + 0.5)],
  ['Sigmoid', sigmoid],
  ['Softmax', softmax],
  ['Flatten', move()],
  ...['Add', 'Sub', 'Sum', 'Mean'].map((op) => [op, sum] as const),
  ['Mul', bilinear(() => 1)],
  ['Conv', bilinear((_, w) => product(w.value.dims.slice(1)))],
  ['ConvTranspose', bilinear((x, w) => x.value.dims[1]! * product(w.value.dims.slice(2)))],
  ['MatMul', bilinear((x) => x.value.dims[x.value.dims.length - 1] ?? 1)],
  ['Gemm', gemm],
  ['Div', divide],
  ['AveragePool', mean(window)],
  ['GlobalAveragePool', mean(plane)],
  ['BatchNormalization', batchNorm],
]);
