import type { BranchRows } from './branches';
import { energyOf, subtract, type KernelCase, type KernelFault } from './kernelCase';
import { movedRows, movesOf } from './moves';

/** One known mistake of a converter and what it does to the merged kernel. */
export interface Mistake {
  readonly kind: KernelFault['kind'];
  readonly message: string;
  readonly branch: BranchRows | null;
  /** Deploy rows minus train rows, if this were the only mistake. */
  readonly effect: () => Float64Array;
  /** The factor that the branch has in the deploy form; null: its taps are elsewhere. */
  readonly factor: number | null;
  /** Its coefficient is free: `effect` is the branch itself, and any multiple of it explains. */
  readonly isScaled: boolean;
}

/** The mistakes worth trying, the plainest first. */
export function mistakesOf(given: KernelCase): readonly Mistake[] {
  const { branches } = given;
  return [
    ...branches.map(dropped),
    ...branches.flatMap((branch) => (branch.isIdentity ? identityMistakes(branch, given) : [scaled(branch)])),
    ...(branches.some(({ isIdentity }) => isIdentity) ? [] : addedIdentity(given)),
    ...branches.flatMap((branch) => moved(branch, given)),
    ...allMoved(given),
  ];
}

function dropped(branch: BranchRows): Mistake {
  const { isIdentity, label } = branch;
  return {
    kind: isIdentity ? 'identity-branch' : 'missing-branch',
    message: isIdentity
      ? `The identity branch (${label}) was dropped: nothing of it is in the merged kernel.`
      : `The branch "${label}" is missing: nothing of it is in the merged kernel.`,
    branch,
    effect: () => branch.rows.map((value) => -value),
    factor: 0,
    isScaled: false,
  };
}

function scaled(branch: BranchRows): Mistake {
  return {
    kind: 'branch-scale',
    message: branch.label,
    branch,
    effect: () => branch.rows,
    factor: null,
    isScaled: true,
  };
}

function identityMistakes(branch: BranchRows, { unit, sample }: KernelCase): readonly Mistake[] {
  if (unit === null) return [];
  const sign = branch.label.startsWith('−') ? -1 : 1;
  const base = { kind: 'identity-branch', branch, factor: null, isScaled: false } as const;
  const centre = centreOf(unit, sample.length);
  return [
    {
      ...base,
      message: branch.isNormalized
        ? "The identity branch's BN was ignored: its taps are 1 where the model has γ/√(σ² + ε)."
        : 'The identity branch has another factor: its taps are 1, which the model has not.',
      effect: () =>
        subtract(
          unit.map((value) => sign * value),
          branch.rows,
        ),
    },
    {
      ...base,
      message: 'The identity branch was added across channels: ones stand between different channels too.',
      effect: () => unit.map((value, i) => (centre[i % centre.length] === 1 && value === 0 ? 1 : 0)),
    },
  ];
}

/** 1 at the taps of offset 0 of a row, whatever the channel. */
function centreOf(unit: Float64Array, length: number): Uint8Array {
  const centre = new Uint8Array(length);
  const at = unit.findIndex((value) => value !== 0);
  if (at < 0) return centre;
  const all = new Set<number>();
  unit.forEach((value, i) => {
    if (value !== 0) all.add(i % length);
  });
  for (const place of all) centre[place] = 1;
  return centre;
}

function addedIdentity({ unit }: KernelCase): readonly Mistake[] {
  if (unit === null || energyOf(unit) === 0) return [];
  return [
    {
      kind: 'identity-branch',
      message: 'An identity branch was added that the model does not have.',
      branch: null,
      effect: () => unit,
      factor: null,
      isScaled: false,
    },
  ];
}

function moved(branch: BranchRows, { sample }: KernelCase): readonly Mistake[] {
  return movesOf(branch.axes, sample).map((move) => ({
    kind: branch.isIdentity ? 'identity-branch' : 'tap-misplaced',
    message: movedMessage(branch, move.label),
    branch,
    effect: () => subtract(movedRows(branch.rows, move), branch.rows),
    factor: null,
    isScaled: false,
  }));
}

function movedMessage({ isIdentity, label }: BranchRows, where: string): string {
  const what = isIdentity ? 'The identity' : `The "${label}" kernel`;
  if (where.includes('corner'))
    return `${what} was padded into the merged kernel ${where}, not where its padding says (the centre, for equal pads).`;
  return `${what} is ${where} in the merged kernel.`;
}

/** All branches at once: wrong pads of the merged convolution, a transposed or mirrored kernel. */
function allMoved({ branches, train, sample }: KernelCase): readonly Mistake[] {
  if (branches.length < 2) return [];
  return movesOf(sample.geometry.axes, sample)
    .concat(fittingMoves(branches, sample))
    .map((move) => ({
      kind: 'tap-misplaced',
      message: `The whole merged kernel is ${move.label}: its pads, its dilation or its layout are not the block's.`,
      branch: null,
      effect: () => subtract(movedRows(train, move), train),
      factor: null,
      isScaled: false,
    }));
}

/** Moves of the smallest lattice that holds the train form, inside the one that holds both forms. */
function fittingMoves(branches: readonly BranchRows[], sample: KernelCase['sample']) {
  const axes = sample.geometry.axes.map((grid, place) => {
    const own = branches.map((branch) => branch.axes[place] ?? grid);
    const first = Math.min(...own.map((axis) => axis.first));
    const last = Math.max(...own.map((axis) => axis.first + (axis.count - 1) * axis.step));
    return { ...grid, first, count: Math.floor((last - first) / grid.step) + 1 };
  });
  return movesOf(axes, sample);
}
