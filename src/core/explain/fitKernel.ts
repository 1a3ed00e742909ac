import type { BranchRows } from './branches';
import { exchangedKernel } from './exchange';
import { energyOf, excess, subtract, type KernelCase, type KernelFault } from './kernelCase';
import { misplacedIdentity } from './misplacedIdentity';
import { mistakesOf, type Mistake } from './mistakes';
import { classifyFactors, fitFactors } from './perChannel';

/** The merged kernel's faults, and whether they explain all of the difference. */
export interface KernelFit {
  readonly faults: readonly KernelFault[];
}

/** A block with more mistakes than this is not a conversion any more. */
const MAX_MISTAKES = 4;

/** A mistake that explains less of what is left is not seen as one. */
const LEAST_GAIN = 1e-9;

/**
 * The simplest set of known mistakes that explains the deploy form's kernel within rounding, tried in this order:
 * one mistake after the other; a factor for each branch and channel; either with the identity's taps left free; a mistake and then
 * factors. What none of them explains is `weights`.
 */
export function fitKernel(given: KernelCase): KernelFit {
  const difference = subtract(given.deploy, given.train);
  if (
    excess(
      difference,
      given.tolerance.map((one) => one / 2),
    ) === 0
  )
    return { faults: [] };
  const exchanged = exchangedKernel(given);
  if (exchanged !== null) return { faults: [exchanged] };
  const mistakes = mistakesOf(given);
  const mask = identityMask(given);
  // a free coefficient takes up part of what another mistake explains: those without one first
  const exact = mistakes.filter(({ isScaled }) => !isScaled);
  const plain = explain(given, exact, difference, null);
  if (plain.isDone) return { faults: plain.faults };
  const greedy = explain(given, mistakes, difference, null);
  if (greedy.isDone) return { faults: greedy.faults };
  const misplaced = misplacedIdentity(given, difference);
  if (misplaced !== null) return { faults: [misplaced] };
  const onIdentity = mask === null ? null : excess(difference, given.tolerance, mask) === 0;
  if (mask !== null && onIdentity === true) return { faults: [identityFault(given, difference, mask)] };
  if (isLocal(given, difference)) return { faults: [weightsFault(given, difference)] };
  const factors = withFactors(given, given.train, null);
  if (factors !== null) return { faults: factors };
  if (mask !== null) {
    const masked = explain(given, mistakes, difference, mask);
    if (masked.isDone) return { faults: withIdentity(given, masked, mask) };
    const free = withFactors(given, given.train, mask);
    if (free !== null) return { faults: free };
  }
  for (const { one, effect, gained } of bestOf(mistakes, difference, 3)) {
    if (one.isScaled) continue;
    const train = given.train.map((value, i) => value + (effect[i] as number));
    const more = withFactors({ ...given, branches: replaced(given.branches, one, effect) }, train, mask);
    if (more !== null) return { faults: [faultOf(one, 1, gained, given), ...more] };
  }
  const partial = greedy.faults.filter((fault) => fault.energy > PARTIAL * energyOf(difference));
  return { faults: [...partial, weightsFault(given, greedy.residual)] };
}

/** Mistakes that explain this much of a difference are said even where something else is left. */
const PARTIAL = 0.3;

interface Candidate {
  readonly one: Mistake;
  readonly effect: Float64Array;
  /** Energy that it takes. */
  readonly gained: number;
}

interface Explanation {
  readonly faults: readonly KernelFault[];
  readonly residual: Float64Array;
  readonly isDone: boolean;
}

/** One mistake after the other, each the one that takes most of what is left. */
function explain(
  given: KernelCase,
  mistakes: readonly Mistake[],
  difference: Float64Array,
  mask: Uint8Array | null,
): Explanation {
  const visible = (values: Float64Array): Float64Array =>
    mask === null ? values : values.map((value, i) => (mask[i] === 1 ? 0 : value));
  let residual = difference;
  const faults: KernelFault[] = [];
  const used = new Set<BranchRows | null>();
  while (faults.length < MAX_MISTAKES) {
    const left = visible(residual);
    const before = energyOf(left);
    const open = mistakes.filter(({ branch }) => !used.has(branch));
    const [best] = bestOf(open, left, 1, visible);
    if (best === undefined || best.gained <= LEAST_GAIN * before) break;
    const seen = visible(best.effect);
    const factor = best.one.isScaled ? dot(seen, left) / energyOf(seen) : 1;
    const next = residual.map((value, i) => value - factor * (best.effect[i] as number));
    faults.push(faultOf(best.one, factor, before - energyOf(visible(next)), given));
    used.add(best.one.branch);
    residual = next;
    if (excess(residual, given.tolerance, mask) === 0) return { faults, residual, isDone: true };
  }
  return { faults, residual, isDone: false };
}

/** How much of the energy a mistake takes. */
function gain(effect: Float64Array, left: Float64Array, one?: Mistake): number {
  const size = energyOf(effect);
  if (size === 0) return 0;
  const along = dot(effect, left);
  return one?.isScaled === true ? (along * along) / size : 2 * along - size;
}

/** The mistakes that take most, at most `count` of them; effects are computed one at a time, for there may be hundreds. */
function bestOf(
  mistakes: readonly Mistake[],
  left: Float64Array,
  count: number,
  visible: (values: Float64Array) => Float64Array = (values) => values,
): readonly Candidate[] {
  const whole = energyOf(left);
  let best: (Candidate & { readonly rank: number })[] = [];
  for (const one of mistakes) {
    const effect = one.effect();
    const gained = gain(visible(effect), left, one);
    if (!(gained > 0)) continue;
    // a free coefficient always takes a little more: what explains as much without one comes first
    const rank = gained - (one.isScaled ? 1e-6 * whole : 0);
    if (best.length === count && rank <= (best[count - 1]?.rank ?? 0)) continue;
    best = [...best, { one, effect, gained, rank }].sort((a, b) => b.rank - a.rank).slice(0, count);
  }
  return best;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number);
  return total;
}

function faultOf(one: Mistake, coefficient: number, energy: number, given: KernelCase): KernelFault {
  const branches = one.branch === null ? given.branches : [one.branch];
  const base = { kind: one.kind, nodes: branches.flatMap(({ nodes }) => nodes), energy };
  if (!one.isScaled) {
    const factor = one.factor === null ? null : filled(given, one.factor);
    const factors = one.branch === null ? [] : [{ branch: one.branch, factor }];
    return { ...base, message: one.message, factors };
  }
  const factor = 1 + coefficient;
  const times = Number(factor.toPrecision(4));
  return {
    ...base,
    message: `The branch "${one.message}" is in the merged kernel ${times} times instead of once.`,
    factors: one.branch === null ? [] : [{ branch: one.branch, factor: filled(given, factor) }],
  };
}

function filled({ sample }: KernelCase, value: number): Float64Array {
  return new Float64Array(sample.channels.length).fill(value);
}

/** With a branch's rows as a mistake leaves them. */
function replaced(
  branches: readonly BranchRows[],
  one: Mistake,
  effect: Float64Array,
): readonly BranchRows[] {
  return branches.map((branch) =>
    branch === one.branch
      ? { ...branch, rows: branch.rows.map((value, i) => value + (effect[i] as number)) }
      : branch,
  );
}

function withFactors(
  given: KernelCase,
  train: Float64Array,
  mask: Uint8Array | null,
): readonly KernelFault[] | null {
  const fit = fitFactors(given, train, mask);
  if (fit === null || excess(fit.residual, given.tolerance, mask) > 0) return null;
  const faults = classifyFactors(given, fit.factors, mask !== null);
  if (faults.length === 0 && mask === null) return null;
  return mask === null ? faults : withIdentity(given, { faults, residual: fit.residual, isDone: true }, mask);
}

function withIdentity(
  given: KernelCase,
  { faults, residual }: Explanation,
  mask: Uint8Array,
): readonly KernelFault[] {
  if (excess(residual, given.tolerance) === 0) return faults;
  return [...faults, identityFault(given, residual, mask)];
}

/** 1 at the taps of the identity branches; null where there are none. */
function identityMask({ branches, unit, deploy }: KernelCase): Uint8Array | null {
  const identities = branches.filter(({ isIdentity }) => isIdentity);
  if (identities.length === 0) return null;
  return Uint8Array.from(deploy, (_, i) =>
    identities.some(({ rows }) => rows[i] !== 0) || (unit !== null && unit[i] !== 0) ? 1 : 0,
  );
}

/** Something else on the identity's taps than the model has: said by what the deploy form has there. */
function identityFault(given: KernelCase, residual: Float64Array, mask: Uint8Array): KernelFault {
  const { branches, sample } = given;
  const identities = branches.filter(({ isIdentity }) => isIdentity);
  const own = given.deploy.map((_, i) => identities.reduce((sum, { rows }) => sum + (rows[i] as number), 0));
  const factor = new Float64Array(sample.channels.length).fill(1);
  let [gone, right, total] = [0, 0, 0];
  residual.forEach((value, i) => {
    if (mask[i] !== 1) return;
    total += 1;
    const was = own[i] as number;
    const slack = 2 * (given.tolerance[i] as number);
    if (Math.abs(value) <= slack) right += 1;
    else if (Math.abs(value + was) <= slack) gone += 1;
    factor[Math.floor(i / sample.length)] = was === 0 ? 1 : (was + value) / was;
  });
  const message =
    gone > 0 && gone + right === total
      ? `The identity branch is in ${right} of ${total} channels only: its diagonal is not placed group by group.`
      : `The identity branch has other factors in the merged kernel: another BN was folded into it, or one that the model does not have.`;
  const [first] = identities;
  return {
    kind: 'identity-branch',
    message,
    nodes: identities.flatMap(({ nodes }) => nodes),
    energy: energyOf(residual.map((value, i) => (mask[i] === 1 ? value : 0))),
    factors: first === undefined ? [] : [{ branch: first, factor }],
  };
}

/** Whether only a few output channels differ: no rule of a converter does that. */
function isLocal({ sample, tolerance }: KernelCase, difference: Float64Array): boolean {
  const rows = new Set<number>();
  difference.forEach((value, i) => {
    if (Math.abs(value) > 2 * (tolerance[i] as number)) rows.add(Math.floor(i / sample.length));
  });
  return rows.size <= Math.max(1, sample.channels.length / 8);
}

function weightsFault({ sample, tolerance, branches }: KernelCase, residual: Float64Array): KernelFault {
  let worst = 0;
  let count = 0;
  residual.forEach((value, i) => {
    if (Math.abs(value) > (tolerance[i] as number)) count += 1;
    if (Math.abs(value) > Math.abs(residual[worst] as number)) worst = i;
  });
  const channel = sample.channels[Math.floor(worst / sample.length)] ?? 0;
  const largest = Math.abs(residual[worst] ?? 0).toExponential(1);
  return {
    kind: 'weights',
    message: `${count} ${count === 1 ? 'weight of the merged kernel is' : 'weights of the merged kernel are'} not what the branches give, the worst by ${largest} in output channel ${channel}; no known mistake explains that.`,
    nodes: branches.flatMap(({ nodes }) => nodes),
    energy: energyOf(residual),
    factors: [],
  };
}
