import { useEffect, useRef, type ReactElement, type RefObject } from 'react';
import { ITEM, type ModelMap } from '../../src/core/view/map/mapTypes';
import type { CompareSide } from '../../src/protocol/compare';
import type { Camera, Size } from '../editor/map/camera';
import { paletteOf, type Palette } from '../editor/map/palette';
import { useTheme } from '../shared/useTheme';
import type { DrawnPair } from './links';

export interface LinkLayerProps {
  readonly maps: Readonly<Record<CompareSide, ModelMap>>;
  readonly pairs: readonly DrawnPair[];
  readonly cameras: Readonly<Record<CompareSide, Camera>>;
  readonly views: Readonly<Record<CompareSide, Size>>;
  /** Keys of the chosen items. */
  readonly chosen: Readonly<Record<CompareSide, string | null>>;
}

/** Between the two drawings: more links of equal things than this are a carpet, so only differences are drawn. */
const MOST_SAME = 40;

/** The links, over both drawings; they take no clicks. */
export function LinkLayer(props: LinkLayerProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  // drawn again with the theme's colours
  useTheme();
  useLinks(canvas, props);
  return <canvas className="compare-links" ref={canvas} aria-hidden="true" data-pairs={props.pairs.length} />;
}

function useLinks(canvas: RefObject<HTMLCanvasElement | null>, props: LinkLayerProps): void {
  useEffect(() => {
    const request = requestAnimationFrame(() => {
      const element = canvas.current;
      const context = element?.getContext('2d');
      if (!element || !context) return;
      const ratio = window.devicePixelRatio;
      element.width = Math.round(element.clientWidth * ratio);
      element.height = Math.round(element.clientHeight * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const drawn = drawLinks(context, element.clientWidth, props, paletteOf(element));
      element.dataset['drawn'] = String(drawn);
    });
    return () => cancelAnimationFrame(request);
  });
}

/** @returns how many links are in sight. */
function drawLinks(
  context: CanvasRenderingContext2D,
  width: number,
  { maps, pairs, cameras, views, chosen }: LinkLayerProps,
  palette: Palette,
): number {
  const curves = pairs.flatMap(({ left, right, look }) => {
    const [a, b] = [maps.left.items[left], maps.right.items[right]];
    if (a === undefined || b === undefined) return [];
    const from = onScreen(a, cameras.left, ITEM.width);
    const to = onScreen(b, cameras.right, 0);
    const x2 = width - views.right.width + to.x;
    if (isOutside(from.y, views.left) && isOutside(to.y, views.right)) return [];
    const isChosen = a.key === chosen.left && b.key === chosen.right;
    return [{ x1: from.x, y1: from.y, x2, y2: to.y, look, isChosen }];
  });
  const same = curves.filter(({ look }) => look === 'same').length;
  for (const { x1, y1, x2, y2, look, isChosen } of curves.sort(
    (a, b) => Number(a.isChosen) - Number(b.isChosen),
  )) {
    if (look === 'same' && same > MOST_SAME && !isChosen) continue;
    context.beginPath();
    context.moveTo(x1, y1);
    const bend = Math.max(24, (x2 - x1) / 2);
    context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    context.strokeStyle = isChosen ? palette.focus : palette.looks[look];
    context.globalAlpha = isChosen ? 1 : look === 'same' ? 0.25 : 0.7;
    context.lineWidth = isChosen ? 2.5 : look === 'same' ? 1 : 1.5;
    context.stroke();
  }
  context.globalAlpha = 1;
  return curves.length;
}

function onScreen(item: { x: number; y: number }, camera: Camera, right: number): { x: number; y: number } {
  return {
    x: (item.x + right - camera.x) * camera.scale,
    y: (item.y + ITEM.height / 2 - camera.y) * camera.scale,
  };
}

function isOutside(y: number, { height }: Size): boolean {
  return y < 0 || y > height;
}
