import type { BranchRows } from './branches';
import { energyOf, type KernelCase, type KernelFault } from './kernelCase';

/** For each branch and sampled output channel the factor that fits the deploy rows best. */
export interface FactorFit {
  readonly factors: readonly Float64Array[];
  readonly residual: Float64Array;
}

/**
 * Least squares, channel by channel: deploy[o] ≈ Σ_b r_b[o]·W_b[o], elements of `mask` left out. Where branches can't be told
 * apart in a channel (a depthwise 1×1 and the identity), the factors that move least from 1. Null for more branches than a row has
 * elements.
 */
export function fitFactors(
  given: KernelCase,
  train: Float64Array,
  mask: Uint8Array | null,
): FactorFit | null {
  const { sample, deploy, branches } = given;
  const { length, channels } = sample;
  if (branches.length > length || branches.length === 0) return null;
  const factors = branches.map(() => new Float64Array(channels.length).fill(1));
  const residual = deploy.map((value, i) => value - (train[i] as number));
  for (let row = 0; row < channels.length; row++) {
    const from = row * length;
    const product = (a: Float64Array, b: Float64Array): number => {
      let total = 0;
      for (let i = from; i < from + length; i++)
        if (mask?.[i] !== 1) total += (a[i] as number) * (b[i] as number);
      return total;
    };
    const matrix = branches.map((one) => branches.map((other) => product(one.rows, other.rows)));
    const right = branches.map((one) => product(one.rows, residual));
    const change = solve(matrix, right);
    branches.forEach(({ rows }, b) => {
      const by = change[b] as number;
      (factors[b] as Float64Array)[row] = 1 + by;
      for (let i = from; i < from + length; i++)
        residual[i] = (residual[i] as number) - by * (rows[i] as number);
    });
  }
  return { factors, residual };
}

/** Gaussian elimination with a ridge that keeps what can't be told at zero, refined once. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const trace = matrix.reduce((sum, row, i) => sum + (row[i] as number), 0);
  if (trace === 0) return right.map(() => 0);
  const ridge = 1e-12 * trace;
  let solution = right.map(() => 0);
  // refinement takes out what the ridge puts in
  for (let step = 0; step < 4; step++) {
    const left = right.map(
      (value, i) =>
        value -
        (matrix[i] as readonly number[]).reduce((sum, one, j) => sum + one * (solution[j] as number), 0),
    );
    const more = eliminate(
      matrix.map((row, i) => row.map((value, j) => value + (i === j ? ridge : 0))),
      left,
    );
    solution = solution.map((value, i) => value + (more[i] as number));
  }
  return solution;
}

function eliminate(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const count = rows.length;
  for (let column = 0; column < count; column++) {
    let pivot = column;
    for (let row = column; row < count; row++)
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    const head = rows[column] as number[];
    for (let row = 0; row < count; row++) {
      if (row === column || head[column] === 0) continue;
      const line = rows[row] as number[];
      const factor = (line[column] as number) / (head[column] as number);
      for (let at = column; at <= count; at++)
        line[at] = (line[at] as number) - factor * (head[at] as number);
    }
  }
  return rows.map((row, i) => (row[i] === 0 ? 0 : (row[count] as number) / (row[i] as number)));
}

/** The faults that factors speak for: 0 everywhere, one constant, or one for each channel. */
export function classifyFactors(
  given: KernelCase,
  factors: readonly Float64Array[],
  identityIsFree: boolean,
): readonly KernelFault[] {
  const faults: KernelFault[] = [];
  const perChannel: {
    readonly branch: BranchRows;
    readonly factor: Float64Array;
    readonly energy: number;
  }[] = [];
  given.branches.forEach((branch, b) => {
    if (branch.isIdentity && identityIsFree) return;
    const factor = factors[b] as Float64Array;
    const known = significant(given, branch, factor);
    if (known.length === 0) return;
    const energy = energyOf(
      branch.rows.map((value, i) => value * ((factor[Math.floor(i / given.sample.length)] ?? 1) - 1)),
    );
    const values = known.map((row) => factor[row] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.max(...values.map((value) => Math.abs(value - mean)));
    const isConstant = values.length > 1 && spread <= 1e-3 * Math.abs(mean - 1);
    const base = { nodes: branch.nodes, energy, factors: [{ branch, factor }] };
    if (!isConstant) perChannel.push({ branch, factor, energy });
    else if (branch.isIdentity)
      faults.push({
        ...base,
        kind: 'identity-branch',
        message: `The identity branch is in the merged kernel ${show(mean)} times instead of once.`,
      });
    else if (Math.abs(mean) < 1e-3)
      faults.push({
        ...base,
        kind: 'missing-branch',
        message: `The branch "${branch.label}" is missing: nothing of it is in the merged kernel.`,
      });
    else
      faults.push({
        ...base,
        kind: 'branch-scale',
        message: `The branch "${branch.label}" is in the merged kernel ${show(mean)} times instead of once.`,
      });
  });
  return [...faults, ...bnScale(perChannel)];
}

function bnScale(
  found: readonly { readonly branch: BranchRows; readonly factor: Float64Array; readonly energy: number }[],
): readonly KernelFault[] {
  if (found.length === 0) return [];
  const isIdentityOnly = found.every(({ branch }) => branch.isIdentity);
  const labels = found.map(({ branch }) => `"${branch.label}"`).join(', ');
  const all = found.flatMap(({ factor }) => [...factor]);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const isNear = Math.max(Math.abs(low - 1), Math.abs(high - 1)) < 0.2;
  const eps = otherEps(found);
  const why =
    eps !== null
      ? eps
      : isNear
        ? 'a BN was folded with another eps than the model has'
        : 'a BN was folded with other statistics, or not at all';
  return [
    {
      kind: isIdentityOnly ? 'identity-branch' : 'bn-scale',
      message: `${labels} ${found.length === 1 ? 'has' : 'have'} other factors per channel in the merged kernel (${show(low)} to ${show(high)}): ${why}.`,
      nodes: found.flatMap(({ branch }) => branch.nodes),
      energy: found.reduce((sum, { energy }) => sum + energy, 0),
      factors: found.map(({ branch, factor }) => ({ branch, factor })),
    },
  ];
}

/**
 * The ε that the factors speak for: r² = (σ² + ε)/(σ² + ε′), the same ε′ in every channel. A clause, or null where they
 * speak for none.
 */
function otherEps(
  found: readonly { readonly branch: BranchRows; readonly factor: Float64Array }[],
): string | null {
  for (const { branch, factor } of found) {
    const { norm } = branch;
    if (norm === null) continue;
    const all = [...factor].map((r, row) => {
      const variance = norm.variance[row] as number;
      return (variance + norm.epsilon) / (r * r) - variance;
    });
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const spread = Math.max(...all.map((value) => Math.abs(value - mean)));
    if (mean > 0 && spread <= EPS_SPREAD * mean)
      return `BN eps ${Number(mean.toPrecision(1))} was used where the model has ${Number(norm.epsilon.toPrecision(1))}`;
  }
  return null;
}

/** Factors are known to some float32 roundings, which is a few percent of what an ε of 1e-5 changes. */
const EPS_SPREAD = 0.05;

/** Rows in which the factor is off 1 by more than rounding. */
function significant(
  { sample, tolerance }: KernelCase,
  { rows }: BranchRows,
  factor: Float64Array,
): readonly number[] {
  const found: number[] = [];
  factor.forEach((value, row) => {
    for (let i = row * sample.length; i < (row + 1) * sample.length; i++) {
      if (Math.abs((value - 1) * (rows[i] as number)) > 2 * (tolerance[i] as number)) {
        found.push(row);
        return;
      }
    }
  });
  return found;
}

function show(value: number): string {
  return Number(value.toPrecision(5)).toString();
}
