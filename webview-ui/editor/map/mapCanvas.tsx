import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { ITEM, type MapItem, type ModelMap } from '../../../src/core/view/map/mapTypes';
import { t } from '../../shared/strings';
import { useTheme } from '../../shared/useTheme';
import { ZoomButtons } from '../graph/zoomButtons';
import { centred, fitted, fromTop, panned, zoomed, type Camera, type Size } from './camera';
import { drawMap } from './drawMap';
import { noContext, setMenuContext } from './mapMenu';
import type { Look } from '../../shared/looks';
import { paletteOf } from './palette';

export interface MapCanvasProps {
  readonly map: ModelMap;
  readonly chosen: string | null;
  readonly kept: ReadonlySet<string> | null;
  /** Brought into the middle whenever it changes. */
  readonly centre: string | null;
  /** What a context menu on an item is told. */
  contextOf?(key: string): string | null;
  /** What the items look like; null or left out: by their states. */
  readonly marks?: ReadonlyMap<string, Look> | null;
  readonly control?: CameraControl;
  onChoose(key: string): void;
  onOpen(item: MapItem): void;
}

/** The drawing: drag to move, wheel to zoom, click to choose, double click to open. The outline is its keyboard twin. */
export function MapCanvas({
  map,
  chosen,
  kept,
  centre,
  marks = null,
  ...acts
}: MapCanvasProps): ReactElement {
  const { control, contextOf = noContext, onChoose, onOpen } = acts;
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useViewSize(canvas);
  const [camera, setCamera] = useCamera(map, view, centre, control);
  useDrawing(canvas, { map, chosen, kept, camera, view, marks });
  const itemUnder = (event: {
    readonly nativeEvent: { offsetX: number; offsetY: number };
  }): MapItem | undefined => {
    const x = camera.x + event.nativeEvent.offsetX / camera.scale;
    const y = camera.y + event.nativeEvent.offsetY / camera.scale;
    return map.items.find(
      (item) => x >= item.x && x <= item.x + ITEM.width && y >= item.y && y <= item.y + ITEM.height,
    );
  };
  const drag = useDrag(setCamera);
  const middle = (factor: number): void =>
    setCamera((old) => zoomed(old, factor, view.width / 2, view.height / 2));
  return (
    <div className="map-canvas" data-testid="map-canvas" data-scale={camera.scale.toFixed(4)}>
      <canvas
        ref={canvas}
        aria-hidden="true"
        {...drag.handlers}
        onClick={(event) => {
          const item = itemUnder(event);
          if (item !== undefined && !drag.moved()) onChoose(item.key);
        }}
        onContextMenu={(event) => {
          const item = itemUnder(event);
          if (item !== undefined) onChoose(item.key);
          setMenuContext(event.currentTarget, item === undefined ? null : contextOf(item.key));
        }}
        onDoubleClick={(event) => {
          const item = itemUnder(event);
          if (item !== undefined) onOpen(item);
        }}
      />
      <ZoomButtons onZoom={middle} onFit={() => setCamera(() => fitted(map, view))} />
      <p className="visually-hidden">{t('map.canvasHint')}</p>
    </div>
  );
}

/** Whoever keeps the camera in the canvas's place, as two drawings that move together need it. */
export interface CameraControl {
  /** null: not moved yet. */
  readonly camera: Camera | null;
  onMove(camera: Camera): void;
  /** The canvas has another size. */
  onView(view: Size): void;
}

type SetCamera = (change: (old: Camera) => Camera) => void;

/** The camera; where another map is drawn it keeps its place, unless it has not been moved yet. */
function useCamera(
  map: ModelMap,
  view: Size,
  centre: string | null,
  control: CameraControl | undefined,
): readonly [Camera, SetCamera] {
  const [own, setOwn] = useState<Camera | null>(null);
  const shown = (control === undefined ? own : control.camera) ?? firstLook(map, view);
  // several events may come between two frames
  const latest = useRef(shown);
  latest.current = shown;
  const { onMove = setOwn, onView } = control ?? {};
  const move = useCallback<SetCamera>(
    (change) => {
      latest.current = change(latest.current);
      onMove(latest.current);
    },
    [onMove],
  );
  useEffect(() => onView?.(view), [onView, view]);
  useEffect(() => {
    const item = map.items.find(({ key }) => key === centre);
    if (item === undefined || view.width === 0) return;
    move((old) => centred(old, view, item.x + ITEM.width / 2, item.y + ITEM.height / 2));
    // only a new wish or a new map moves the camera, not the window's size
  }, [centre, map]);
  return [shown, move];
}

export function firstLook(map: ModelMap, view: Size): Camera {
  const [first] = map.items;
  return fromTop(map, view, first === undefined ? map.width / 2 : first.x + ITEM.width / 2);
}

function useViewSize(canvas: React.RefObject<HTMLCanvasElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const box = canvas.current?.parentElement;
    if (!box) return undefined;
    const observer = new ResizeObserver(() => setSize({ width: box.clientWidth, height: box.clientHeight }));
    observer.observe(box);
    return () => observer.disconnect();
  }, [canvas]);
  return size;
}

interface Drawn {
  readonly marks: ReadonlyMap<string, Look> | null;
  readonly map: ModelMap;
  readonly chosen: string | null;
  readonly kept: ReadonlySet<string> | null;
  readonly camera: Camera;
  readonly view: Size;
}

/** One frame for any number of changes between two of the screen's. */
function useDrawing(canvas: React.RefObject<HTMLCanvasElement | null>, drawn: Drawn): void {
  const { map, chosen, kept, camera, view, marks } = drawn;
  const theme = useTheme();
  useEffect(() => {
    const request = requestAnimationFrame(() => {
      const element = canvas.current;
      const context = element?.getContext('2d', { alpha: false });
      if (!element || !context || view.width === 0) return;
      const ratio = window.devicePixelRatio;
      const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
      // setting a size clears the canvas and costs an allocation
      if (element.width !== width) element.width = width;
      if (element.height !== height) element.height = height;
      const start = performance.now();
      drawMap(context, { map, chosen, kept, camera, view, ratio, marks, palette: paletteOf(element) });
      element.dataset['frame'] = (performance.now() - start).toFixed(2);
    });
    return () => cancelAnimationFrame(request);
  }, [canvas, map, chosen, kept, camera, view, marks, theme]);
  useEffect(() => {
    // a wheel listener of React is passive and could not keep the page from scrolling
    const element = canvas.current;
    const keep = (event: WheelEvent): void => event.preventDefault();
    element?.addEventListener('wheel', keep, { passive: false });
    return () => element?.removeEventListener('wheel', keep);
  }, [canvas]);
}

interface Drag {
  readonly handlers: {
    onPointerDown(event: React.PointerEvent): void;
    onPointerMove(event: React.PointerEvent): void;
    onPointerUp(event: React.PointerEvent): void;
    onWheel(event: React.WheelEvent): void;
  };
  /** Whether the last press moved the map, so that it is no click. */
  moved(): boolean;
}

/** Pixels below which a press is a click all the same. */
const CLICK = 4;

function useDrag(setCamera: SetCamera): Drag {
  const at = useRef<{ x: number; y: number; moved: number } | null>(null);
  const last = useRef(0);
  return {
    moved: () => last.current > CLICK,
    handlers: {
      onPointerDown: (event) => {
        // the other button opens a menu, which would swallow its release
        if (event.button !== 0) return;
        at.current = { x: event.clientX, y: event.clientY, moved: 0 };
        last.current = 0;
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove: (event) => {
        const from = at.current;
        if (from === null) return;
        const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
        at.current = { x: event.clientX, y: event.clientY, moved: from.moved + Math.abs(dx) + Math.abs(dy) };
        last.current = at.current.moved;
        setCamera((old) => panned(old, dx, dy));
      },
      onPointerUp: () => (at.current = null),
      onWheel: ({ nativeEvent, deltaX, deltaY, deltaMode, ctrlKey, metaKey, shiftKey }) => {
        const unit = deltaMode === 1 ? 16 : 1;
        // a pinch comes as a wheel with Ctrl; a plain wheel zooms as well, Shift moves sideways
        if (shiftKey && !ctrlKey && !metaKey) setCamera((old) => panned(old, -(deltaX + deltaY) * unit, 0));
        else {
          const factor = Math.exp((-deltaY * unit) / (ctrlKey ? 120 : 500));
          setCamera((old) => zoomed(old, factor, nativeEvent.offsetX, nativeEvent.offsetY));
        }
      },
    },
  };
}
