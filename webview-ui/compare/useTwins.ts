import { useCallback, useMemo, useRef, useState } from 'react';
import { ITEM, type ModelMap } from '../../src/core/view/map/mapTypes';
import type { CompareSide } from '../../src/protocol/compare';
import { centred, type Camera, type Size } from '../editor/map/camera';
import { firstLook, type CameraControl } from '../editor/map/mapCanvas';
import type { DrawnPair } from './links';
import { anchorsOf, followed } from './twin';

type Both<T> = Readonly<Record<CompareSide, T>>;

const NO_SIZE: Size = { width: 0, height: 0 };

export interface Twins {
  readonly cameras: Both<Camera>;
  readonly views: Both<Size>;
  readonly control: Both<CameraControl>;
  /** Brings an item into the middle of its side, and what corresponds beside it. */
  show(side: CompareSide, key: string): void;
}

/** Two cameras, of which each follows the other where the person wants it. */
export function useTwins(maps: Both<ModelMap>, pairs: readonly DrawnPair[], together: boolean): Twins {
  const [moved, setMoved] = useState<Both<Camera | null>>({ left: null, right: null });
  const [views, setViews] = useState<Both<Size>>({ left: NO_SIZE, right: NO_SIZE });
  const anchors = useMemo(() => anchorsOf(maps, pairs), [maps, pairs]);
  const now = useRef({ anchors, views, together, maps });
  now.current = { anchors, views, together, maps };
  const move = useCallback((side: CompareSide, camera: Camera): void => {
    const { anchors: all, views: sizes, together: follows } = now.current;
    const other = side === 'left' ? 'right' : 'left';
    const beside = follows ? followed(all, side, camera, sizes) : null;
    setMoved((old) => ({ ...old, [side]: camera, ...(beside === null ? {} : { [other]: beside }) }));
  }, []);
  const resize = useCallback((side: CompareSide, size: Size): void => {
    setViews((old) =>
      old[side].width === size.width && old[side].height === size.height ? old : { ...old, [side]: size },
    );
  }, []);
  const control = useMemo(
    () => ({
      left: controlOf('left', moved.left, move, resize),
      right: controlOf('right', moved.right, move, resize),
    }),
    [moved, move, resize],
  );
  const cameras = useMemo(
    () => ({
      left: moved.left ?? firstLook(maps.left, views.left),
      right: moved.right ?? firstLook(maps.right, views.right),
    }),
    [moved, maps, views],
  );
  return {
    cameras,
    views,
    control,
    show: (side, key) => {
      const item = maps[side].items.find((one) => one.key === key);
      if (item === undefined || views[side].width === 0) return;
      move(side, centred(cameras[side], views[side], item.x + ITEM.width / 2, item.y + ITEM.height / 2));
    },
  };
}

function controlOf(
  side: CompareSide,
  camera: Camera | null,
  move: (side: CompareSide, camera: Camera) => void,
  resize: (side: CompareSide, size: Size) => void,
): CameraControl {
  return { camera, onMove: (to) => move(side, to), onView: (size) => resize(side, size) };
}
