import type { BlockSpec, BnSpec, BranchSpec } from './blocks';

/** A branch, or a whole block, as one convolution: weights [out, in/groups, side, side] and biases, in float64. */
export interface Merged {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

/** What a converter may get wrong about one branch. */
export interface BranchMistake {
  readonly drop?: boolean;
  readonly dropBias?: boolean;
  readonly dropConvBias?: boolean;
  readonly flipMean?: boolean;
  readonly scale?: number;
  readonly eps?: number;
  readonly ignoreBn?: boolean;
  readonly ignoreScale?: boolean;
  /** γ alone, without the running variance. */
  readonly ignoreVariance?: boolean;
  /** Taps moved by rows and columns. */
  readonly shift?: readonly [number, number];
  readonly dilation?: number;
  /** The identity's ones at [o, o] although each group has fewer channels. */
  readonly denseDiagonal?: boolean;
}

/** One branch on the block's own lattice, behind its BN and scale and before the outer BN. */
export function mergeBranch(block: BlockSpec, branch: BranchSpec, mistake: BranchMistake = {}): Merged {
  const { outChannels, side } = block;
  const perGroup = block.inChannels / block.groups;
  const weight = new Float64Array(outChannels * perGroup * side * side);
  const bias = new Float64Array(outChannels);
  if (mistake.drop === true) return { weight, bias };
  const put = (o: number, i: number, row: number, column: number, value: number): void => {
    const [down, right] = mistake.shift ?? [0, 0];
    const [r, c] = [row + down, column + right];
    if (r < 0 || c < 0 || r >= side || c >= side) return;
    const at = ((o * perGroup + i) * side + r) * side + c;
    weight[at] = (weight[at] as number) + value;
  };
  taps(block, branch, mistake, put);
  branch.bias?.forEach((value, o) => (bias[o] = mistake.dropConvBias === true ? 0 : value));
  if (branch.innerBias !== null) addInnerBias(block, branch, bias);
  const factors = factorsOf(branch, mistake, outChannels);
  for (let o = 0; o < outChannels; o++) {
    const length = perGroup * side * side;
    for (let at = o * length; at < (o + 1) * length; at++)
      weight[at] = (weight[at] as number) * (factors.times[o] as number);
    bias[o] =
      mistake.dropBias === true
        ? 0
        : (bias[o] as number) * (factors.times[o] as number) + (factors.plus[o] as number);
  }
  return { weight, bias };
}

function taps(
  block: BlockSpec,
  branch: BranchSpec,
  mistake: BranchMistake,
  put: (o: number, i: number, row: number, column: number, value: number) => void,
): void {
  const { outChannels, side, inChannels, groups } = block;
  const perGroup = inChannels / groups;
  const centre = (side - 1) / 2;
  const dilation = mistake.dilation ?? branch.dilation;
  for (let o = 0; o < outChannels; o++) {
    if (branch.kind === 'identity') {
      const i = mistake.denseDiagonal === true ? o : o % perGroup;
      if (i < perGroup) put(o, i, centre, centre, 1);
      continue;
    }
    for (let row = 0; row < branch.height; row++) {
      for (let column = 0; column < branch.width; column++) {
        const r = centre + (row - (branch.height - 1) / 2) * dilation;
        const c = centre + (column - (branch.width - 1) / 2) * dilation;
        if (branch.kind === 'pool') {
          put(o, o % perGroup, r, c, 1 / (branch.height * branch.width));
          continue;
        }
        const at = (i: number): number =>
          branch.weight[((o * perGroup + i) * branch.height + row) * branch.width + column] ?? 0;
        for (let i = 0; i < perGroup; i++)
          put(o, i, r, c, branch.kind === 'chain' ? chained(branch, inChannels, i, at) : at(i));
      }
    }
  }
}

/** Σ_m W₂[m]·W₁[m, i]. */
function chained(branch: BranchSpec, inChannels: number, i: number, second: (m: number) => number): number {
  let total = 0;
  for (let m = 0; m < inChannels; m++) total += second(m) * (branch.inner?.[m * inChannels + i] ?? 0);
  return total;
}

function addInnerBias({ inChannels, outChannels }: BlockSpec, branch: BranchSpec, bias: Float64Array): void {
  const count = branch.height * branch.width;
  for (let o = 0; o < outChannels; o++) {
    for (let m = 0; m < inChannels; m++) {
      for (let tap = 0; tap < count; tap++)
        bias[o] =
          (bias[o] as number) +
          (branch.weight[(o * inChannels + m) * count + tap] ?? 0) * (branch.innerBias?.[m] ?? 0);
    }
  }
}

function factorsOf(branch: BranchSpec, mistake: BranchMistake, channels: number) {
  const norm = branch.bn === null || mistake.ignoreBn === true ? null : bnFactors(branch.bn, mistake);
  const sign = branch.subtract ? -1 : 1;
  const scale = (o: number): number =>
    mistake.ignoreScale === true || branch.scale === null
      ? 1
      : (branch.scale[branch.scale.length === 1 ? 0 : o] as number);
  const factor = (o: number): number => sign * scale(o) * (mistake.scale ?? 1);
  return {
    times: Float64Array.from({ length: channels }, (_, o) => factor(o) * (norm?.times[o] ?? 1)),
    plus: Float64Array.from({ length: channels }, (_, o) => factor(o) * (norm?.plus[o] ?? 0)),
  };
}

export function bnFactors({ gamma, beta, mean, variance, eps }: BnSpec, mistake: BranchMistake = {}) {
  const times = gamma.map((value, o) =>
    mistake.ignoreVariance === true
      ? value
      : value / Math.sqrt((variance[o] as number) + (mistake.eps ?? eps)),
  );
  const sign = mistake.flipMean === true ? -1 : 1;
  return { times, plus: beta.map((value, o) => value - sign * (mean[o] as number) * (times[o] as number)) };
}

/** All branches and the outer BN. */
export function mergeBlock(
  block: BlockSpec,
  mistakes: ReadonlyMap<BranchSpec, BranchMistake> = new Map(),
  outer: BranchMistake = {},
): Merged {
  const merged = block.branches.map((branch) => mergeBranch(block, branch, mistakes.get(branch)));
  const [first] = merged as [Merged];
  const weight = first.weight.map((_, at) =>
    merged.reduce((sum, one) => sum + (one.weight[at] as number), 0),
  );
  const bias = first.bias.map((_, o) => merged.reduce((sum, one) => sum + (one.bias[o] as number), 0));
  if (block.outer === null) return { weight, bias };
  const { times, plus } = bnFactors(block.outer, outer);
  const length = weight.length / bias.length;
  return {
    weight: weight.map((value, at) => value * (times[Math.floor(at / length)] as number)),
    bias: bias.map((value, o) => value * (times[o] as number) + (plus[o] as number)),
  };
}
