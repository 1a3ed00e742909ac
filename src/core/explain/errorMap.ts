import type { FusableBlock } from '../detect/block';
import { blockShapes } from '../verify/block/blockShapes';
import { exactResult, type BlockPart } from '../verify/block/blockRuns';
import { drawInput } from '../verify/distributions';
import type { Part } from '../verify/match/part';
import { seededRandom } from '../verify/random';
import type { ErrorMap } from '../verify/report';
import { sameDims } from '../tensor/tensor';
import { layoutOf } from '../verify/certificate/impulses';

/** Where two forms of a block differ on one small random image; null where they can't be compared. */
export function errorMapOf(
  block: Part & Pick<FusableBlock, 'form'>,
  unfused: BlockPart,
  merged: BlockPart,
): ErrorMap | null {
  const dims = blockShapes(unfused.side, block)?.shapes[0];
  if (dims === undefined) return null;
  const dtype = unfused.side.facts.types.get(unfused.source)?.dtype ?? 'float32';
  const input = drawInput('normal', dims, dtype, seededRandom(0, 'map', block.id));
  const ours = exactResult(unfused, input);
  const theirs = exactResult(merged, input);
  if ('failure' in ours || 'failure' in theirs || !sameDims(ours.value.dims, theirs.value.dims)) return null;
  const shape = ours.value.dims;
  const layout = layoutOf(block, shape.length);
  const sizes = layout.spatial.map((axis) => shape[axis] ?? 1);
  const places = new Array<number>(sizes.reduce((total, size) => total * size, 1)).fill(0);
  const channels = new Array<number>(shape[layout.channel] ?? 1).fill(0);
  ours.value.data.forEach((value, at) => {
    const error = Math.abs(value - (theirs.value.data[at] as number));
    const index = indexOf(shape, at);
    const channel = index[layout.channel] ?? 0;
    const place = layout.spatial.reduce((sum, axis) => sum * (shape[axis] ?? 1) + (index[axis] ?? 0), 0);
    places[place] = Math.max(places[place] ?? 0, error);
    channels[channel] = Math.max(channels[channel] ?? 0, error);
  });
  return { dims: sizes, places, channels };
}

function indexOf(dims: readonly number[], at: number): readonly number[] {
  const index: number[] = [];
  let rest = at;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const size = dims[axis] ?? 1;
    index[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return index;
}
