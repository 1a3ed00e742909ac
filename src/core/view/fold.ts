import { channelsPerGroup, tapCount, type Geometry } from '../algebra/geometry/geometry';
import { kernelRows, type KernelRows } from '../algebra/kernel/kernelRows';
import { convGeometry } from '../algebra/kernel/mergedConv';
import type { FusableBlock } from '../detect/block';
import { describeBranch } from '../detect/branchLabel';
import { paths, type Path } from '../detect/branchTree';
import type { Detection } from '../detect/detect';
import { branchShares } from './branchShares';
import { foldOps, type OpContext } from './foldOps';
import { foldPlace } from './foldPlace';
import type { FoldBranch, KernelFold } from './foldTypes';
import { rowStride } from './foldWork';
import { transformsOf } from './transforms';

/**
 * The fold of a fusable block: K = Σ_b K_b, tap by tap, as means of |w| over all pairs of channels. Reads every kernel of
 * the block, one output channel between two yields (the part that is done, 0 to 1), so that whoever drives it can stop or
 * do something else meanwhile. Returns null for a refused or dynamic block and an unknown id.
 */
export function* blockFold(
  { analysis, blocks }: Detection,
  id: string,
): Generator<number, KernelFold | null, void> {
  const block = blocks.find((candidate) => candidate.id === id);
  if (block?.status !== 'fusable' || block.dynamic !== undefined) return null;
  const { geometry } = convGeometry(block.operator.geometry);
  const branches = paths(block.operator);
  const stride = rowStride(
    branches.map((path) => path.kernel),
    geometry.outChannels,
  );
  const sums = new MeanSums(
    geometry,
    branches.map((path) => kernelRows(path.kernel, analysis.read, geometry)),
  );
  for (let o = 0; o < geometry.outChannels; o += stride) {
    sums.add(o);
    yield o / geometry.outChannels;
  }
  const taps = geometry.axes.map((axis) => axis.count);
  const nodes = new Map(block.region.nodes.map((node) => [node.name, node]));
  const { branchMaps, partialMaps, norms, counted } = sums.means();
  const dtype = analysis.facts.types.get(block.region.source)?.dtype ?? 'float32';
  const shares = branchShares(norms.branches, norms.merged, dtype);
  const context: OpContext = { analysis, nodes, grid: taps, stride };
  return {
    ...channels(block),
    taps,
    dtype,
    branches: branches.map((path, place) => ({
      ...(shares[place] ?? { share: 0, dead: false }),
      ...described(context, path, geometry),
      map: branchMaps[place] ?? [],
    })),
    sums: partialMaps,
    transforms: transformsOf(block.operator),
    rows: { counted, of: geometry.outChannels },
  };
}

/** Runs a fold to its end at once. */
export function wholeFold(detection: Detection, id: string): KernelFold | null {
  const steps = blockFold(detection, id);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function channels({
  id,
  operator,
}: FusableBlock): Pick<KernelFold, 'id' | 'outChannels' | 'inChannels' | 'groups'> {
  const { outChannels, inChannels, groups } = operator.geometry;
  return { id, outChannels, inChannels, groups };
}

function described(
  context: OpContext,
  path: Path,
  grid: Geometry,
): Pick<FoldBranch, 'label' | 'nodes' | 'ops' | 'transforms' | 'place'> {
  const place = foldPlace(path.kernel, grid);
  return {
    ...describeBranch(path),
    ops: foldOps(context, path, place),
    // what joins branches is told once for all of them
    transforms: transformsOf(path.kernel).filter((transform) => !/^(II|IV|VI) /.test(transform)),
    place,
  };
}

/** Adds up |w| and w² of each branch, and |w| of the sum of the first n + 1 branches, row by row. */
class MeanSums {
  readonly #taps: number;
  readonly #row: Float64Array;
  readonly #sum: Float64Array;
  readonly #branchMaps: readonly Float64Array[];
  readonly #partialMaps: readonly Float64Array[];
  readonly #squares: Float64Array;
  #mergedSquares = 0;
  #counted = 0;

  constructor(
    private readonly geometry: Geometry,
    private readonly branches: readonly KernelRows[],
  ) {
    this.#taps = tapCount(geometry);
    const length = channelsPerGroup(geometry) * this.#taps;
    this.#row = new Float64Array(length);
    this.#sum = new Float64Array(length);
    this.#branchMaps = branches.map(() => new Float64Array(this.#taps));
    this.#partialMaps = branches.map(() => new Float64Array(this.#taps));
    this.#squares = new Float64Array(branches.length);
  }

  /** Takes in output channel `o`. */
  add(o: number): void {
    this.#sum.fill(0);
    this.#counted += 1;
    this.branches.forEach((rows, branch) => {
      rows.fill(o, this.#row);
      this.#squares[branch] =
        (this.#squares[branch] as number) + this.#addRow(this.#branchMaps[branch], this.#partialMaps[branch]);
    });
    for (const weight of this.#sum) this.#mergedSquares += weight * weight;
  }

  #addRow(own: Float64Array | undefined, partial: Float64Array | undefined): number {
    if (own === undefined || partial === undefined) return 0;
    const [row, sum, taps] = [this.#row, this.#sum, this.#taps];
    let squares = 0;
    for (let at = 0; at < row.length;) {
      for (let tap = 0; tap < taps; tap++, at++) {
        const weight = row[at] as number;
        const added = (sum[at] as number) + weight;
        sum[at] = added;
        squares += weight * weight;
        own[tap] = (own[tap] as number) + Math.abs(weight);
        partial[tap] = (partial[tap] as number) + Math.abs(added);
      }
    }
    return squares;
  }

  means(): {
    readonly branchMaps: readonly (readonly number[])[];
    readonly partialMaps: readonly (readonly number[])[];
    readonly norms: { readonly branches: readonly number[]; readonly merged: number };
    readonly counted: number;
  } {
    const pairs = this.#counted * channelsPerGroup(this.geometry);
    const mean = (map: Float64Array): readonly number[] => Array.from(map, (total) => total / pairs);
    return {
      branchMaps: this.#branchMaps.map(mean),
      partialMaps: this.#partialMaps.map(mean),
      norms: { branches: Array.from(this.#squares, Math.sqrt), merged: Math.sqrt(this.#mergedSquares) },
      counted: this.#counted,
    };
  }
}
