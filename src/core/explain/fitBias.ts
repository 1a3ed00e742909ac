import type { BiasPart } from './biasParts';
import type { BranchRows } from './branches';
import { exchangeOf, placesOf, type Exchange } from './exchange';
import type { KernelFault } from './kernelCase';

/** The biases of a block in both forms, one value a sampled output channel. */
export interface BiasCase {
  readonly train: Float64Array;
  readonly deploy: Float64Array;
  readonly tolerance: Float64Array;
  /** The terms of `train`, at the same channels. */
  readonly parts: readonly BiasPart[];
  readonly branches: readonly BranchRows[];
  /** The output channels that the values are of. */
  readonly channels: readonly number[];
}

/** What is wrong with the bias beyond what the kernel's faults bring with them. */
export interface BiasFault {
  readonly message: string;
  readonly nodes: readonly string[];
  readonly energy: number;
}

/** Null where the bias is right, or wrong only as the kernel's faults make it. */
export function fitBias(given: BiasCase, faults: readonly KernelFault[]): BiasFault | null {
  const difference = given.deploy.map((value, o) => value - (given.train[o] as number));
  if (isRounding(difference, given)) return null;
  let best = difference;
  for (const consequence of consequences(faults, difference.length)) {
    const rest = difference.map((value, o) => value - (consequence[o] as number));
    if (isRounding(rest, given)) return null;
    if (normOf(rest) < normOf(best)) best = rest;
  }
  const exchange = exchangeOf(given.train, given.deploy, given.tolerance, 1);
  if (exchange !== null) return exchangedBias(exchange, given, faults, normOf(difference));
  if (isExplainedByFolding(difference, given, faults)) return null;
  // the plainest reading of a bias that no single cause explains is the whole of it
  const cause = causeOf(best, given) ?? causeOf(difference, given);
  if (cause !== null) return { ...cause, energy: normOf(best) };
  return { ...unknownCause(best, given), energy: normOf(best) };
}

/** Null where the kernel's channels are in the same order: one fault, and said with the kernel. */
function exchangedBias(
  exchange: Exchange,
  { branches, channels }: BiasCase,
  faults: readonly KernelFault[],
  energy: number,
): BiasFault | null {
  if (faults.some((fault) => fault.exchange?.join() === exchange.join())) return null;
  return {
    message: `Values of the merged bias are exchanged: ${placesOf(exchange, channels)}.`,
    nodes: branches.flatMap(({ bias }) => bias.map(({ node }) => node)),
    energy,
  };
}

const SLACK = 2;

function isRounding(values: Float64Array, { tolerance }: BiasCase): boolean {
  return values.every((value, o) => Math.abs(value) <= SLACK * (tolerance[o] as number));
}

function normOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value * value, 0);
}

/** Combinations of kernel faults are few; of what each may do to the bias three are worth trying. */
const MAX_COMBINATIONS = 243;

/** What the kernel's faults may have done to the bias: nothing, or to the terms of their branches what they did to their rows. */
function consequences(faults: readonly KernelFault[], channels: number): readonly Float64Array[] {
  let combined: readonly Float64Array[] = [new Float64Array(channels)];
  for (const fault of faults) {
    for (const { branch, factor } of fault.factors) {
      const options = optionsOf(branch, factor, channels);
      combined = combined.flatMap((before) => [
        before,
        ...options.map((option) => before.map((value, o) => value + (option[o] as number))),
      ]);
      if (combined.length > MAX_COMBINATIONS) return combined.slice(0, MAX_COMBINATIONS);
    }
  }
  return combined.slice(1);
}

function optionsOf(
  { bias }: BranchRows,
  factor: Float64Array | null,
  channels: number,
): readonly Float64Array[] {
  const total = (parts: readonly BiasPart[]): Float64Array =>
    Float64Array.from({ length: channels }, (_, o) =>
      parts.reduce((sum, part) => sum + (part.values[o] as number), 0),
    );
  const whole = total(bias);
  const dropped = whole.map((value) => -value);
  if (factor === null) return [dropped];
  const times = (values: Float64Array): Float64Array =>
    values.map((value, o) => value * ((factor[o] as number) - 1));
  // β is added behind the scale of its BN: another scale leaves it alone
  const scaled = bias.filter(({ role }) => role !== 'beta');
  return [times(whole), times(total(scaled)), dropped];
}

/**
 * A BN that was folded by the exporter is not to be seen in the train file: with another eps its branch's bias changes by
 * (r − 1)·(t·b − μ·t), of which only r is known. It is taken for that where it is no larger than such a change can be.
 */
function isExplainedByFolding(
  difference: Float64Array,
  given: BiasCase,
  faults: readonly KernelFault[],
): boolean {
  const folded = faults.filter(({ kind }) => kind === 'bn-scale');
  if (folded.length === 0) return false;
  const size = Math.max(
    ...given.train.map(Math.abs),
    ...given.parts.flatMap(({ values }) => [...values].map(Math.abs)),
    1e-3,
  );
  return difference.every((value, o) => {
    const off = folded.flatMap(({ factors }) =>
      factors.map(({ factor }) => Math.abs((factor?.[o] ?? 1) - 1)),
    );
    return Math.abs(value) <= FOLDING * Math.max(...off) * size + SLACK * (given.tolerance[o] as number);
  });
}

/** b and μ/σ of a BN are seldom more than some times as large as what is left of them. */
const FOLDING = 20;

interface Cause {
  readonly message: string;
  readonly nodes: readonly string[];
}

function causeOf(difference: Float64Array, given: BiasCase): Cause | null {
  for (const { parts, factor, message } of suspects(given)) {
    const expected = difference.map(
      (_, o) => factor * parts.reduce((sum, part) => sum + (part.values[o] as number), 0),
    );
    if (normOf(expected) === 0) continue;
    const rest = difference.map((value, o) => value - (expected[o] as number));
    if (isRounding(rest, given)) return { message, nodes: namesOf(parts) };
  }
  return null;
}

interface Suspect {
  readonly parts: readonly BiasPart[];
  readonly factor: number;
  readonly message: string;
}

const ROLE_MESSAGES: Readonly<Record<BiasPart['role'], string>> = {
  convBias: 'The merged bias lacks t·conv.bias: BN was folded as if the convolution had none.',
  mean: 'The merged bias lacks −μ·t: BN was folded as if its running mean were zero.',
  beta: 'The merged bias lacks β: BN was folded without its own bias.',
  shift: 'The merged bias lacks a constant that is added per channel.',
};

function suspects({ parts, branches, train }: BiasCase): readonly Suspect[] {
  const found: Suspect[] = [];
  const normalized = parts.filter(({ role, normalized }) => role === 'convBias' && normalized);
  const without = (some: readonly BiasPart[], message: string): void => {
    if (some.length > 0) found.push({ parts: some, factor: -1, message });
  };
  without(normalized, ROLE_MESSAGES.convBias);
  if (parts.length > 0)
    without(
      [{ role: 'shift', node: '', values: train, normalized: false }],
      'The merged convolution has no bias: that of the branches was dropped.',
    );
  for (const role of ['convBias', 'mean', 'beta', 'shift'] as const) {
    const some = parts.filter((part) => part.role === role);
    const plain = role === 'convBias' && normalized.length === 0;
    without(some, plain ? "The merged bias lacks the convolutions' own biases." : ROLE_MESSAGES[role]);
    if (role === 'mean' && some.length > 0)
      found.push({ parts: some, factor: -2, message: 'The merged bias has μ·t with the wrong sign.' });
  }
  for (const branch of branches) {
    without(branch.bias, `The merged bias lacks that of the branch "${branch.label}".`);
    if (branch.bias.length > 0)
      found.push({
        parts: branch.bias,
        factor: 1,
        message: `The merged bias holds that of the branch "${branch.label}" twice.`,
      });
  }
  for (const part of parts)
    without([part], `${ROLE_MESSAGES[part.role].replace(/\.$/, '')} (at "${part.node}").`);
  return found;
}

function unknownCause(difference: Float64Array, { parts, deploy }: BiasCase): Cause {
  const wrong = difference.reduce((worst, value) => Math.max(worst, Math.abs(value)), 0);
  const by = wrong.toExponential(1);
  if (deploy.every((value) => value === 0) && parts.length > 0)
    return {
      message: `The merged convolution has no bias, where the branches have up to ${by}.`,
      nodes: namesOf(parts),
    };
  const along = projections(difference, parts);
  if (along !== null) return { message: along, nodes: namesOf(parts) };
  return {
    message: `The merged bias is off by up to ${by}: most often t·conv.bias is missing, BN having been folded as if the convolution had none.`,
    nodes: namesOf(parts),
  };
}

/** Where the convolutions' biases are to be seen: whether the difference lies mostly along their absence. */
function projections(difference: Float64Array, parts: readonly BiasPart[]): string | null {
  for (const role of ['convBias', 'mean', 'beta'] as const) {
    const some = parts.filter((part) => part.role === role);
    if (some.length === 0) continue;
    const sum = difference.map((_, o) => some.reduce((total, part) => total + (part.values[o] as number), 0));
    const along = sum.reduce((total, value, o) => total + value * (difference[o] as number), 0);
    const size = normOf(sum);
    const coefficient = size === 0 ? 0 : along / size;
    const explained = normOf(difference) === 0 ? 0 : (coefficient * along) / normOf(difference);
    if (Math.abs(coefficient + 1) < 0.2 && explained > 0.5)
      return `${ROLE_MESSAGES[role].replace(/\.$/, '')} (and something else is off).`;
  }
  return null;
}

function namesOf(parts: readonly BiasPart[]): readonly string[] {
  return [...new Set(parts.map(({ node }) => node).filter((node) => node !== ''))];
}
