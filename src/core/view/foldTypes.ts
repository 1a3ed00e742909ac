import type { DType } from '../tensor/dtype';
import type { Share } from './branchShares';
import type { Transform } from './transforms';

/**
 * How the kernels of a block's branches add up to the merged one: what the fold shows. All maps lie on the lattice of the
 * merged kernel, the last axis fastest.
 */
export interface KernelFold {
  readonly id: string;
  /** Taps of the merged kernel on each spatial axis; none for a matrix. */
  readonly taps: readonly number[];
  readonly outChannels: number;
  readonly inChannels: number;
  readonly groups: number;
  readonly dtype: DType;
  readonly branches: readonly FoldBranch[];
  /** Mean |w| of each tap once the first n + 1 branches have been added; the last one is the merged kernel. */
  readonly sums: readonly (readonly number[])[];
  readonly transforms: readonly Transform[];
  /** Output channels that the means are taken over: all, except where that would take minutes. */
  readonly rows: { readonly counted: number; readonly of: number };
}

export interface FoldBranch extends Share {
  readonly label: string;
  readonly nodes: readonly string[];
  readonly ops: readonly FoldOp[];
  /** What makes one kernel of the branch; without what joins branches. */
  readonly transforms: readonly Transform[];
  readonly place: TapPlace;
  /** Mean |w| of each tap. */
  readonly map: readonly number[];
}

/** Where a branch's own taps lie on the merged lattice: at + j · step, j = 0 … count − 1, one value an axis. */
export interface TapPlace {
  readonly at: readonly number[];
  readonly step: readonly number[];
  readonly count: readonly number[];
}

/** One operator of a branch as a card. */
export interface FoldOp {
  readonly kind: 'kernel' | 'identity' | 'scale' | 'other';
  /** "Conv 3×3", "BN", "identity". */
  readonly title: string;
  /** The node of the graph; null for a plain identity. */
  readonly node: string | null;
  /** Shape of its output; '' where there is no node. */
  readonly shape: string;
  /** It stands behind the join and belongs to all branches. */
  readonly shared: boolean;
  /** The operator's own kernel, before anything else scales it. */
  readonly kernel: KernelPicture | null;
  /** What a BN or a scale multiplies each channel by. */
  readonly bars: ChannelBars | null;
}

export interface KernelPicture {
  readonly taps: readonly number[];
  /** Mean |w| of each tap. */
  readonly map: readonly number[];
}

export interface ChannelBars {
  readonly channels: number;
  readonly min: number;
  readonly max: number;
  /** One value a channel; the one of largest size of each bin where there are many channels. */
  readonly values: readonly number[];
}

/** The numbers between one input and one output channel. */
export interface FoldPair {
  readonly out: number;
  readonly in: number;
  /** Signed taps of each branch, in float64. */
  readonly branches: readonly (readonly number[])[];
  /** The merged tensor's taps, as the fused file holds them. */
  readonly merged: readonly number[];
}
