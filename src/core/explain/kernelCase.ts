import type { BranchRows } from './branches';
import type { KernelSample } from './kernelSample';

/** The kernels of a block, in both forms, on one lattice: what a diagnosis of the kernel starts from. */
export interface KernelCase {
  readonly sample: KernelSample;
  readonly branches: readonly BranchRows[];
  /** The train form's merged rows, and the deploy form's. */
  readonly train: Float64Array;
  readonly deploy: Float64Array;
  /** For each element what rounding explains. */
  readonly tolerance: Float64Array;
  /** 1 at the channel's own tap at offset 0: an identity branch's kernel; null where channels change. */
  readonly unit: Float64Array | null;
}

/** What is wrong with the deploy form's kernel. */
export interface KernelFault {
  readonly kind:
    'identity-branch' | 'missing-branch' | 'branch-scale' | 'bn-scale' | 'tap-misplaced' | 'weights';
  /** One sentence. */
  readonly message: string;
  readonly nodes: readonly string[];
  /** Squared norm of the difference that it explains. */
  readonly energy: number;
  /** The branches at fault and the factor that the deploy form has on each, by sampled channel; null: not known. */
  readonly factors: readonly { readonly branch: BranchRows; readonly factor: Float64Array | null }[];
  /** Which row of the train form stands in each place, where only that is wrong. */
  readonly exchange?: readonly number[];
}

export function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - (b[i] as number));
}

export function energyOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value * value, 0);
}

/** Elements where a residual is more than rounding. A fit shares its own rounding with the residual, hence the factor. */
export function excess(
  residual: Float64Array,
  tolerance: Float64Array,
  skip: Uint8Array | null = null,
): number {
  let count = 0;
  for (let i = 0; i < residual.length; i++) {
    if (skip?.[i] === 1) continue;
    if (!(Math.abs(residual[i] as number) <= FIT_SLACK * (tolerance[i] as number))) count += 1;
  }
  return count;
}

const FIT_SLACK = 2;
