import { intsAttribute, intAttribute, stringAttribute } from '../ir/attributes';
import type { Attribute, Node } from '../ir/model';
import { raise } from '../result';
import type { NdArray } from '../tensor/tensor';
import { float32Attribute } from './floatDefault';
import { badInput } from './kernel';
import { ndArray, product } from './strided';
import { absolute, relativeRoundings, type Magnitude, type Tracked } from './tracked';

/** A node to be computed on magnitudes. */
export interface RuleCall {
  readonly node: Node;
  readonly inputs: readonly (Tracked | null)[];
  /** The reference kernel of a node (of this one, or one like it). */
  readonly compute: (node: Node, inputs: readonly (NdArray | null)[]) => readonly NdArray[];
  /** Whether products of two values that both depend on the feeds are let through. */
  readonly multilinear: boolean;
}

export type Rule = (call: RuleCall) => readonly Magnitude[];

/** @throws ProblemError `unsupported`. */
export function notAffine(node: Node, why: string): never {
  raise('unsupported', `Node "${node.name}" (${node.opType}) ${why}, so its rounding has no bound here.`);
}

/** The inputs that are there. */
function present(call: RuleCall): readonly Tracked[] {
  return call.inputs.filter((value) => value !== null);
}

function operand(call: RuleCall, index: number): Tracked {
  return call.inputs[index] ?? badInput(call.node, `needs input ${index}, which is missing`);
}

function most(values: readonly Magnitude[], key: 'products' | 'depth'): number {
  return Math.max(0, ...values.map((value) => value[key]));
}

const magnitudes = (call: RuleCall) => call.inputs.map((value) => value?.magnitude ?? null);

/**
 * Elements are moved, not changed. The inputs at `data` carry elements, the others say where to: they must be known.
 * `extra`: roundings that it adds.
 */
function move(data: readonly number[] | 'all', extra: (call: RuleCall) => number = () => 0): Rule {
  return (call) => {
    const carries = (index: number) => data === 'all' || data.includes(index);
    const arrays = call.inputs.map((value, index) => {
      if (value === null || carries(index)) return value?.magnitude ?? null;
      return value.constant ?? notAffine(call.node, `takes input ${index} from the model's input`);
    });
    const moved = call.inputs.filter((value, index) => value !== null && carries(index)) as Tracked[];
    const counts = { products: most(moved, 'products'), depth: most(moved, 'depth') + extra(call) };
    return call.compute(call.node, arrays).map((magnitude) => ({ magnitude, ...counts }));
  };
}

/** Adds up to as many updates as there are index rows on one element. */
const scatter = move([0, 2], ({ node, inputs }) => {
  const reduction = stringAttribute(node, 'reduction', 'none');
  if (reduction === 'none') return 0;
  if (reduction !== 'add') notAffine(node, `has reduction = "${reduction}"`);
  return product(inputs[1]?.magnitude.dims ?? [], 0, -1);
});

/** A window of one element only thins out. */
const maxPool: Rule = (call) => {
  const window = product(intsAttribute(call.node, 'kernel_shape') ?? []);
  const padded = (intsAttribute(call.node, 'pads') ?? []).some((pad) => pad !== 0);
  if (window !== 1 || padded) notAffine(call.node, 'takes the largest of several elements');
  return move([0])(call);
};

/** The constant of a Pad may be an attribute. */
const pad: Rule = (call) => move([0, 2])({ ...call, node: withAbsolute(call.node, 'value') });

function withAbsolute(node: Node, ...names: readonly string[]): Node {
  const attributes = new Map<string, Attribute>(node.attributes);
  for (const name of names) {
    const attribute = attributes.get(name);
    if (attribute?.kind === 'float')
      attributes.set(name, { kind: 'float', value: Math.abs(attribute.value) });
  }
  return { ...node, attributes };
}

/** Signed sums become plain ones. */
function sum(opType: string, extra: (terms: number) => number): Rule {
  return (call) => {
    const terms = present(call);
    const [magnitude] = call.compute({ ...call.node, opType }, magnitudes(call)) as [NdArray];
    const depth = most(terms, 'depth') + extra(terms.length);
    return [{ magnitude, products: most(terms, 'products'), depth }];
  };
}

/**
 * Two factors, one of which is known, and a bias: the roundings of both factors add up with those of the sum.
 * `stages`: roundings beside the products and their sum.
 */
function bilinear(products: (a: Tracked, b: Tracked, node: Node) => number, stages: number): Rule {
  return (call) => {
    const a = operand(call, 0);
    const b = operand(call, 1);
    const bias = call.inputs[2] ?? null;
    if (a.constant === null && b.constant === null && !call.multilinear) {
      notAffine(call.node, 'multiplies two values that both depend on the input');
    }
    const [magnitude] = call.compute(withAbsolute(call.node, 'alpha', 'beta'), magnitudes(call)) as [NdArray];
    return [
      {
        magnitude,
        products: Math.max(a.products + b.products + products(a, b, call.node), bias?.products ?? 0),
        depth: Math.max(a.depth + b.depth, bias?.depth ?? 0) + stages,
      },
    ];
  };
}

/** x / c: the relative error of c counts twice, since 1/(1 − δ) is worse than 1 + δ. */
const divide: Rule = (call) => {
  const a = operand(call, 0);
  const b = operand(call, 1);
  if (b.constant === null) notAffine(call.node, 'divides by what depends on the input');
  // by the number itself: where terms cancelled in it, its magnitude is too large to divide by
  const [magnitude] = call.compute(call.node, [a.magnitude, absolute(b.constant)]) as [NdArray];
  return [{ magnitude, products: a.products + 1, depth: a.depth + 2 * relativeRoundings(b) }];
};

/** Means and sums over windows and axes; each output adds up as many elements as `terms` says. */
function mean(terms: (input: NdArray, output: NdArray, node: Node) => number): Rule {
  return (call) => {
    const x = operand(call, 0);
    const arrays = call.inputs.map((value, i) => (i === 0 ? x.magnitude : (value?.constant ?? null)));
    const [magnitude] = call.compute(call.node, arrays) as [NdArray];
    const products = x.products + terms(x.magnitude, magnitude, call.node);
    return [{ magnitude, products, depth: x.depth + 1 }];
  };
}

const perOutput = (input: NdArray, output: NdArray) => input.data.length / Math.max(1, output.data.length);

/** |t|·|x| + |β| + |μ||t|, t = γ/√(σ² + ε). */
const batchNormalization: Rule = (call) => {
  const { node } = call;
  if (intAttribute(node, 'training_mode', 0) !== 0) notAffine(node, 'runs in training mode');
  const x = operand(call, 0);
  const parameters = [1, 2, 3, 4].map((index) => operand(call, index));
  const [scale, shift, average, variance] = parameters.map(
    (value) => value.constant ?? notAffine(node, 'has statistics that depend on the input'),
  ) as [NdArray, NdArray, NdArray, NdArray];
  const epsilon = float32Attribute(node, 'epsilon', 1e-5);
  const t = scale.data.map((gamma, c) => Math.abs(gamma) / Math.sqrt((variance.data[c] as number) + epsilon));
  const offset = t.map(
    (slope, c) => Math.abs(shift.data[c] as number) + Math.abs(average.data[c] as number) * slope,
  );
  const size = product(x.magnitude.dims, 2);
  const data = new Float64Array(x.magnitude.data.length);
  for (let at = 0, plane = 0; at < data.length; plane++) {
    const [slope, constant] = [t[plane % t.length] as number, offset[plane % t.length] as number];
    for (const end = at + size; at < end; at++)
      data[at] = (x.magnitude.data[at] as number) * slope + constant;
  }
  const magnitude = ndArray(x.magnitude.dtype, x.magnitude.dims, data);
  // parameters computed in the graph bring their own roundings
  const computed = parameters.reduce((total, value) => total + relativeRoundings(value), 0);
  return [{ magnitude, products: x.products + 1, depth: x.depth + 7 + computed }];
};

/** A smooth function of a known number: its relative error grows by at most `factor`, and one rounding comes on top. */
function ofConstant(factor: number): Rule {
  return (call) => {
    const x = operand(call, 0);
    if (x.constant === null) notAffine(call.node, 'bends its input');
    const [value] = call.compute(call.node, [x.constant]) as [NdArray];
    return [{ magnitude: absolute(value), products: 0, depth: factor * relativeRoundings(x) + 1 }];
  };
}

const convProducts = (_: Tracked, w: Tracked) => product(w.magnitude.dims, 1);
const depthOf = (a: Tracked) => a.magnitude.dims[a.magnitude.dims.length - 1] ?? 1;

export const magnitudeRules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...['Identity', 'Dropout', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Expand', 'Tile'].map(
    (name) => [name, move([0])] as const,
  ),
  ...['Slice', 'Split', 'Gather', 'GatherElements', 'GatherND', 'DepthToSpace', 'SpaceToDepth', 'Trilu'].map(
    (name) => [name, move([0])] as const,
  ),
  ['Concat', move('all')],
  ['Where', move([1, 2])],
  ['Pad', pad],
  ['MaxPool', maxPool],
  ['Cast', move([0], () => 1)],
  ['CastLike', move([0, 1], () => 1)],
  ...['ScatterND', 'ScatterElements', 'Scatter'].map((name) => [name, scatter] as const),
  ['Neg', sum('Identity', () => 0)],
  ['Add', sum('Add', () => 1)],
  ['Sub', sum('Add', () => 1)],
  ['Sum', sum('Sum', (terms) => terms - 1)],
  ['Mean', sum('Mean', (terms) => terms)],
  ['Mul', bilinear(() => 1, 0)],
  ['MatMul', bilinear(depthOf, 0)],
  [
    'Gemm',
    bilinear(
      (a, _, node) => (intAttribute(node, 'transA', 0) === 0 ? depthOf(a) : (a.magnitude.dims[0] ?? 1)),
      3,
    ),
  ],
  ['Conv', bilinear(convProducts, 1)],
  [
    'ConvTranspose',
    bilinear((x, w, node) => {
      const inputs = (x.magnitude.dims[1] ?? 1) / intAttribute(node, 'group', 1);
      return inputs * product(w.magnitude.dims, 2);
    }, 1),
  ],
  ['Div', divide],
  ['AveragePool', mean((_, __, node) => product(intsAttribute(node, 'kernel_shape') ?? []))],
  ['GlobalAveragePool', mean(perOutput)],
  ['ReduceMean', mean(perOutput)],
  ['ReduceSum', mean(perOutput)],
  ['BatchNormalization', batchNormalization],
  ['Sqrt', ofConstant(1)],
  ['Reciprocal', ofConstant(2)],
]);
