import { ITEM, type MapItem, type ModelMap } from '../../src/core/view/map/mapTypes';
import type { CompareSide } from '../../src/protocol/compare';
import type { Camera, Size } from '../editor/map/camera';
import type { DrawnPair } from './links';

/** Where the two maps hold the same thing: from top to bottom on both sides. */
export type Anchors = readonly Readonly<Record<CompareSide, { readonly x: number; readonly y: number }>>[];

export function anchorsOf(
  maps: Readonly<Record<CompareSide, ModelMap>>,
  pairs: readonly DrawnPair[],
): Anchors {
  const middle = (item: MapItem | undefined) => ({
    x: (item?.x ?? 0) + ITEM.width / 2,
    y: (item?.y ?? 0) + ITEM.height / 2,
  });
  const all = pairs.map(({ left, right }) => ({
    left: middle(maps.left.items[left]),
    right: middle(maps.right.items[right]),
  }));
  all.sort((a, b) => a.left.y - b.left.y || a.right.y - b.right.y);
  // what goes back up would make the other map jump
  let lowest = -Infinity;
  return all.filter(({ right }) => {
    if (right.y < lowest) return false;
    lowest = right.y;
    return true;
  });
}

const OTHER: Readonly<Record<CompareSide, CompareSide>> = { left: 'right', right: 'left' };

/** The other map's camera that shows beside each other what corresponds, as near as this side's. */
export function followed(
  anchors: Anchors,
  side: CompareSide,
  camera: Camera,
  views: Readonly<Record<CompareSide, Size>>,
): Camera | null {
  const other = OTHER[side];
  if (anchors.length === 0 || views[other].width === 0) return null;
  const x = camera.x + views[side].width / 2 / camera.scale;
  const y = camera.y + views[side].height / 2 / camera.scale;
  let next = anchors.findIndex((anchor) => anchor[side].y >= y);
  if (next < 0) next = anchors.length;
  const [above, below] = [anchors[next - 1], anchors[next]];
  const near =
    (below !== undefined && (above === undefined || below[side].y - y < y - above[side].y) ? below : above) ??
    below;
  if (near === undefined) return null;
  const span = above === undefined || below === undefined ? 0 : below[side].y - above[side].y;
  const share = span <= 0 || above === undefined ? 0 : (y - above[side].y) / span;
  const there =
    above === undefined || below === undefined
      ? near[other].y + (y - near[side].y)
      : above[other].y + share * (below[other].y - above[other].y);
  const { scale } = camera;
  return {
    scale,
    x: near[other].x + (x - near[side].x) - views[other].width / 2 / scale,
    y: there - views[other].height / 2 / scale,
  };
}
