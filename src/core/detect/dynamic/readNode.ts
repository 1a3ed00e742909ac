import type { Operator } from '../../algebra/operator';
import { intAttribute, stringAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { isConstant, type Analysis } from '../analysis';
import { coefficientsOf, ONE, type Coefficients } from './coefficients';
import { kernelConv, kernelTerms } from './kernelConv';
import { followMixture, mixedBank, type Mixture } from './mixture';
import { combined, IMAGE, operatorsOf, zero, type Mixed, type Reading } from './reading';
import { dataInputs, dimsOf, isRelabel, listOf, sameSizes } from './relabel';
import { affineSteps, scaledBy, shiftedBy, staticOperator } from './staticOperator';
import { stackOf } from './stack';

/** What the rules see: the source, the attention, and the readings of what comes before. */
export interface ReadContext {
  readonly analysis: Analysis;
  readonly source: string;
  readonly sourceSizes: readonly (number | null)[];
  readonly head: string;
  readonly readings: ReadonlyMap<string, Reading>;
}

/** Reads one node; null where it is no part of a dynamic convolution. */
export function readNode(node: Node, context: ReadContext): Reading | null {
  if (node.domain !== '') return null;
  const variable = dataInputs(context.analysis, node);
  const readings = variable.map((input) => readingOf(input, context));
  if (readings.every((reading) => reading?.kind === 'static')) return { kind: 'static' };
  if (variable.length === 1) return readSingle(node, variable[0] ?? '', readings[0] ?? null, context);
  switch (node.opType) {
    case 'Conv':
      return readConv(node, context);
    case 'Add':
    case 'Sum':
    case 'Sub':
    case 'Mean':
      return readSum(node, context);
    case 'Mul':
    case 'MatMul':
    case 'Einsum':
      return readProduct(node, context);
    default:
      return null;
  }
}

/** null for coefficients, and for what the source does not reach. */
function readingOf(value: string, { source, readings }: ReadContext): Reading | null {
  return value === source ? { kind: 'static' } : (readings.get(value) ?? null);
}

function coefficientsAt(value: string, { analysis, head, readings }: ReadContext): Coefficients | null {
  const found = readings.has(value) ? null : coefficientsOf(analysis, value);
  return found?.head === head ? found : null;
}

/** A node with one operand that depends on the input: a bank is mixed, or what is known goes on. */
function readSingle(
  node: Node,
  input: string,
  reading: Reading | null,
  context: ReadContext,
): Reading | null {
  const { analysis } = context;
  if (reading === null) {
    const coefficients = coefficientsAt(input, context);
    return coefficients === null ? null : mixedBank(analysis, node, coefficients, node.inputs.indexOf(input));
  }
  if (reading.kind === 'static') return reading;
  if (reading.kind === 'mixture') {
    const data = node.opType === 'Conv' && node.inputs[0] !== input;
    return data ? null : followMixture(analysis, node, reading);
  }
  if (reading.layout.kind === 'stack') return sumStack(node, reading, context);
  if (isRelabel(analysis, node)) return relabelled(node, reading, context);
  return reading.layout.kind === 'image' ? readAffine(node, input, reading, context) : null;
}

/** BN, a scale or a constant per channel, a minus. */
function readAffine(node: Node, input: string, mixed: Mixed, context: ReadContext): Mixed | null {
  if (node.opType === 'Neg') return weighted(mixed, -1, context);
  const steps = affineSteps(context.analysis, node, input);
  const [first] = operatorsOf(mixed);
  if (steps === null || first === undefined) return null;
  const terms = new Map(
    [...mixed.terms].map(([place, operator]) => [place, scaledBy(operator, steps, node.name)]),
  );
  const shifts = steps.some((step) => step.shift !== null);
  const rest =
    mixed.rest === null && !shifts ? null : shiftedBy(mixed.rest ?? zero(first.geometry), steps, node.name);
  return { ...mixed, terms, rest };
}

function weighted(mixed: Mixed, coefficient: number, { sourceSizes }: ReadContext): Mixed | null {
  return add([{ coefficient, mixed }], sourceSizes);
}

function readConv(node: Node, context: ReadContext): Mixed | null {
  const { analysis, source } = context;
  const [, weight = '', bias = ''] = node.inputs;
  const kernel = context.readings.get(weight);
  if (kernel?.kind !== 'mixture') return null;
  const found = kernelConv(analysis, node, kernel);
  if (found?.source !== source) return null;
  const mixedBias = context.readings.get(bias);
  const isMixed = mixedBias?.kind === 'mixture';
  if (bias !== '' && !isMixed && !isConstant(analysis, bias)) return null;
  const mixed = kernelTerms(analysis, found, isMixed ? mixedBias : bias === '' ? null : bias);
  return mixed === null ? null : settled(mixed, node, found.geometry.outChannels, analysis);
}

/** A shape that is [N, O, …S] again. */
function settled(mixed: Mixed, node: Node, channels: number, analysis: Analysis): Mixed {
  const { layout } = mixed;
  const dims = dimsOf(analysis, node.outputs[0] ?? '');
  if (layout.kind !== 'rows' || dims === null) return mixed;
  const isImage = dims[1] === channels && sameSizes(dims.slice(2), layout.spatial);
  return isImage ? { ...mixed, layout: IMAGE } : mixed;
}

function relabelled(node: Node, mixed: Mixed, { analysis }: ReadContext): Mixed | null {
  const [operator] = operatorsOf(mixed);
  if (operator === undefined) return null;
  if (mixed.layout.kind === 'rows') return settled(mixed, node, operator.geometry.outChannels, analysis);
  const before = dimsOf(analysis, node.inputs[0] ?? '');
  const after = dimsOf(analysis, node.outputs[0] ?? '');
  return before !== null && after !== null && sameSizes(before, after) ? mixed : null;
}

/** Adds mixed and static operands. */
function readSum(node: Node, context: ReadContext): Mixed | null {
  const { analysis, source } = context;
  const parts: { coefficient: number; mixed: Mixed }[] = [];
  for (const [place, input] of node.inputs.entries()) {
    const reading = isConstant(analysis, input) ? null : readingOf(input, context);
    const mixed = reading?.kind === 'static' ? asMixed(staticOperator(analysis, source, input)) : reading;
    if (mixed?.kind !== 'mixed' || mixed.layout.kind !== 'image') return null;
    const coefficient =
      node.opType === 'Mean' ? 1 / node.inputs.length : node.opType === 'Sub' && place === 1 ? -1 : 1;
    parts.push({ coefficient, mixed });
  }
  return add(parts, context.sourceSizes);
}

function asMixed(operator: Operator | null): Mixed | null {
  return operator === null ? null : { kind: 'mixed', terms: new Map(), rest: operator, layout: IMAGE };
}

function add(
  parts: readonly { readonly coefficient: number; readonly mixed: Mixed }[],
  sizes: readonly (number | null)[],
): Mixed | null {
  const places = new Set(parts.flatMap(({ mixed }) => [...mixed.terms.keys()]));
  const total = (pick: (mixed: Mixed) => Operator | null | undefined): Operator | null | undefined => {
    const given = parts.flatMap(({ coefficient, mixed }) => {
      const of = pick(mixed);
      return of === null || of === undefined ? [] : [{ coefficient, of }];
    });
    // undefined: nothing to add; null: it can't be added
    return given.length === 0 ? undefined : combined(given, sizes);
  };
  const terms = new Map<number, Operator>();
  for (const place of places) {
    const operator = total((mixed) => mixed.terms.get(place));
    if (!operator) return null;
    terms.set(place, operator);
  }
  const rest = total((mixed) => mixed.rest);
  if (rest === null) return null;
  // all of them must agree on one output size
  const all = [...terms.values(), ...(rest === undefined ? [] : [rest])];
  if (
    combined(
      all.map((of) => ({ coefficient: 1, of })),
      sizes,
    ) === null
  )
    return null;
  return { kind: 'mixed', terms, rest: rest ?? null, layout: IMAGE };
}

/** Coefficients × images: one scalar a sample, or K of them and a stack of K. */
function readProduct(node: Node, context: ReadContext): Mixed | Mixture | null {
  const place = node.inputs.findIndex((input) => readingOf(input, context)?.kind === 'static');
  const coefficients = coefficientsAt(node.inputs[1 - place] ?? '', context);
  const value = node.inputs[place] ?? '';
  if (place < 0 || node.inputs.length !== 2 || coefficients === null) return null;
  if (node.opType === 'Mul' && coefficients.places.length === 1)
    return scaledImage(value, coefficients, context);
  return stackProduct(node, value, place, coefficients, context);
}

function scaledImage(value: string, coefficients: Coefficients, context: ReadContext): Mixed | null {
  const { dims, batchAxis, places } = coefficients;
  const rank = dimsOf(context.analysis, value)?.length ?? 0;
  const aligned = batchAxis < 0 || batchAxis + rank - dims.length === 0;
  const operator = staticOperator(context.analysis, context.source, value);
  if (operator === null || !aligned || dims.length > rank || places[0] === ONE) return null;
  return { kind: 'mixed', terms: new Map([[places[0] as number, operator]]), rest: null, layout: IMAGE };
}

function stackProduct(
  node: Node,
  value: string,
  place: number,
  { dims, batchAxis, places }: Coefficients,
  { analysis, source }: ReadContext,
): Mixed | null {
  const stack = stackOf(analysis, source, value);
  if (stack?.parts.length !== places.length) return null;
  const terms = new Map(stack.parts.map((operator, i) => [places[i] as number, operator]));
  if (terms.size !== places.length) return null;
  const rest = terms.get(ONE) ?? null;
  terms.delete(ONE);
  const rows: Mixed = { kind: 'mixed', terms, rest, layout: { kind: 'rows', spatial: stack.spatial } };
  if (node.opType === 'MatMul') {
    // [N, 1, K] × [N, K, M], or [N, 1, 1, K] × [N, g, K, M / g]
    const last = dims.length - 1;
    const fits = dims.length === stack.rank && batchAxis === 0 && dims[last] === places.length;
    return place === 1 && fits && stack.axis === last - 1 && stack.isFlat ? rows : null;
  }
  if (node.opType === 'Einsum') {
    const fits = stack.axis === 1 && !stack.isFlat && dims.length === 2 && batchAxis === 0;
    return fits && einsumSums(node, place) ? { ...rows, layout: IMAGE } : null;
  }
  const shift = stack.rank - dims.length;
  const aligned = batchAxis < 0 || batchAxis + shift === (stack.axis === 0 ? 1 : 0);
  const onAxis = dims[stack.axis - shift] === places.length;
  return aligned && onAxis && !stack.isFlat ? { ...rows, layout: { kind: 'stack', axis: stack.axis } } : null;
}

/** "nk,nk…->n…" */
function einsumSums(node: Node, place: number): boolean {
  const [inputs = '', output = ''] = stringAttribute(node, 'equation', '').replace(/\s/g, '').split('->');
  const terms = inputs.split(',');
  const [stack = '', mixing = ''] = place === 0 ? terms : [terms[1], terms[0]];
  return mixing.length === 2 && stack.startsWith(mixing) && output === `${stack[0] ?? ''}${stack.slice(2)}`;
}

function sumStack(node: Node, mixed: Mixed, { analysis }: ReadContext): Mixed | null {
  if (node.opType !== 'ReduceSum' || mixed.layout.kind !== 'stack') return null;
  const axes = listOf(analysis, node, 'axes', 1);
  const sums = axes?.length === 1 && intAttribute(node, 'keepdims', 1) === 0;
  const rank = dimsOf(analysis, node.inputs[0] ?? '')?.length ?? 0;
  const [axis = 0] = axes ?? [];
  return sums && (axis + rank) % rank === mixed.layout.axis ? { ...mixed, layout: IMAGE } : null;
}
