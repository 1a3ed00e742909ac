import type { KernelFold } from '../../../src/core/view/foldTypes';
import type { Transform } from '../../../src/core/view/transforms';

/** One step of the fold. Each shows everything of those before it. */
export interface FoldStep {
  /** The branches as they are; each as one kernel; each on the merged grid; one more added to the sum. */
  readonly kind: 'ops' | 'kernels' | 'place' | 'add';
  /** How many branches are in the sum. */
  readonly added: number;
  readonly transforms: readonly Transform[];
}

/** The steps from the branches as exported to the merged kernel. */
export function foldSteps(fold: KernelFold): readonly FoldStep[] {
  const inside = [...new Set(fold.branches.flatMap(({ transforms }) => transforms))].sort();
  const joining = fold.transforms.filter((transform) => /^(II|IV) /.test(transform));
  const moves = fold.branches.some((branch) =>
    branch.place.count.some((count, axis) => count !== fold.taps[axis]),
  );
  const place: FoldStep = {
    kind: 'place',
    added: 0,
    transforms: fold.transforms.filter((transform) => transform.startsWith('VI ')),
  };
  return [
    { kind: 'ops', added: 0, transforms: [] },
    { kind: 'kernels', added: 0, transforms: inside },
    ...(moves ? [place] : []),
    ...fold.branches.map((_, index): FoldStep => ({ kind: 'add', added: index + 1, transforms: joining })),
  ];
}
