import { ITEM, type MapItem, type ModelMap } from '../../../src/core/view/map/mapTypes';
import { ICON_PATHS } from '../../shared/icon';
import { LOOK_ICONS, type Look } from '../../shared/looks';
import type { Camera, Size } from './camera';
import type { Palette } from './palette';

/** What a frame shows. */
export interface Frame {
  readonly map: ModelMap;
  readonly camera: Camera;
  readonly view: Size;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly palette: Palette;
  readonly chosen: string | null;
  /** Items that the filter keeps; null: all. */
  readonly kept: ReadonlySet<string> | null;
  /** What the items look like; null: by their states. */
  readonly marks: ReadonlyMap<string, Look> | null;
}

function lookOf(item: MapItem, { marks }: Frame): Look | null {
  return marks === null ? item.state : (marks.get(item.key) ?? null);
}

/** Below these scales labels, then outlines and curves, are left out: they could not be seen. */
const LABELS_FROM = 0.45;
const SHAPES_FROM = 0.12;

/** Draws one frame. Cost: a pass over items and edges, and drawing for those in sight. */
export function drawMap(context: CanvasRenderingContext2D, frame: Frame): void {
  const { camera, view, ratio, palette } = frame;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = palette.background;
  context.fillRect(0, 0, view.width * ratio, view.height * ratio);
  const scale = camera.scale * ratio;
  context.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale);
  drawEdges(context, frame);
  drawItems(context, frame);
}

interface Window {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function windowOf({ camera, view }: Frame): Window {
  const { x, y, scale } = camera;
  return { left: x, right: x + view.width / scale, top: y, bottom: y + view.height / scale };
}

function drawEdges(context: CanvasRenderingContext2D, frame: Frame): void {
  const { map, camera, palette } = frame;
  const seen = windowOf(frame);
  const curved = camera.scale >= SHAPES_FROM;
  context.beginPath();
  for (const [from, to] of map.edges) {
    const a = map.items[from] as MapItem;
    const b = map.items[to] as MapItem;
    const [x1, y1, x2, y2] = [a.x + ITEM.width / 2, a.y + ITEM.height, b.x + ITEM.width / 2, b.y];
    if (Math.min(y1, y2) > seen.bottom || Math.max(y1, y2) < seen.top) continue;
    if (Math.min(x1, x2) > seen.right || Math.max(x1, x2) < seen.left) continue;
    context.moveTo(x1, y1);
    const bend = Math.min(60, Math.abs(y2 - y1) / 2);
    if (curved) context.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2);
    else context.lineTo(x2, y2);
  }
  context.globalAlpha = 0.55;
  context.strokeStyle = palette.line;
  context.lineWidth = Math.max(1, 0.7 / camera.scale);
  context.stroke();
  context.globalAlpha = 1;
}

function drawItems(context: CanvasRenderingContext2D, frame: Frame): void {
  const { map, camera, kept, chosen } = frame;
  const seen = windowOf(frame);
  const inSight = map.items.filter(
    ({ x, y }) =>
      x < seen.right && x + ITEM.width > seen.left && y < seen.bottom && y + ITEM.height > seen.top,
  );
  for (const item of inSight) {
    context.globalAlpha = kept === null || kept.has(item.key) ? 1 : 0.18;
    if (camera.scale < SHAPES_FROM) drawSpeck(context, item, frame);
    else drawCard(context, item, frame);
  }
  context.globalAlpha = 1;
  const selected = inSight.find(({ key }) => key === chosen);
  if (selected !== undefined) drawFocus(context, selected, frame);
}

/** From far away: a rectangle in the colour of the state. */
function drawSpeck(context: CanvasRenderingContext2D, item: MapItem, frame: Frame): void {
  const { palette, camera } = frame;
  const { x, y } = item;
  const look = lookOf(item, frame);
  context.fillStyle = look === null ? palette.muted : palette.looks[look];
  // at least a pixel and a half
  const least = 1.5 / camera.scale;
  context.fillRect(x, y, Math.max(ITEM.width, least), Math.max(ITEM.height, least));
}

/** What was measured stands out from what is only known. */
const FILLED: ReadonlySet<Look> = new Set(['verified', 'faulty']);

function drawCard(context: CanvasRenderingContext2D, item: MapItem, frame: Frame): void {
  const { palette, camera } = frame;
  const { x, y, kind } = item;
  const look = lookOf(item, frame);
  const round = kind === 'input' || kind === 'output';
  context.beginPath();
  context.roundRect(x, y, ITEM.width, ITEM.height, round ? ITEM.height / 2 : 5);
  context.fillStyle = palette.card;
  context.fill();
  if (look !== null && FILLED.has(look)) tint(context, palette.looks[look]);
  const isQuiet = look === null || look === 'same';
  context.strokeStyle = isQuiet ? palette.edge : palette.looks[look];
  context.lineWidth = isQuiet ? 1 : 2;
  // a module is a stack of things
  if (kind === 'module') context.setLineDash([5, 3]);
  context.stroke();
  context.setLineDash([]);
  if (!isQuiet) drawStripe(context, item, palette.looks[look]);
  if (camera.scale < LABELS_FROM) return;
  if (look !== null) drawSign(context, item, look, palette);
  drawLabels(context, item, look !== null, palette);
}

/** Over the path that was just filled. */
function tint(context: CanvasRenderingContext2D, colour: string): void {
  const alpha = context.globalAlpha;
  context.globalAlpha = alpha * 0.16;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = alpha;
}

function drawStripe(context: CanvasRenderingContext2D, { x, y, kind }: MapItem, colour: string): void {
  // the rounded end of an input has no room for it
  if (kind === 'input' || kind === 'output') return;
  context.fillStyle = colour;
  context.fillRect(x, y + 5, 5, ITEM.height - 10);
}

const SIGN = 14;
const signs = new Map<Look, Path2D>();

/** The sign of a look, so that nobody has to tell colours apart. */
function drawSign(context: CanvasRenderingContext2D, { x, y }: MapItem, look: Look, palette: Palette): void {
  let sign = signs.get(look);
  if (sign === undefined) signs.set(look, (sign = new Path2D(ICON_PATHS[LOOK_ICONS[look]])));
  context.save();
  context.translate(x + ITEM.width - SIGN - 8, y + (ITEM.height - SIGN) / 2);
  // icons are drawn on 16 × 16
  context.scale(SIGN / 16, SIGN / 16);
  context.strokeStyle = palette.looks[look];
  context.lineWidth = 2;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.stroke(sign);
  context.restore();
}

function drawLabels(
  context: CanvasRenderingContext2D,
  { x, y, label, detail, kind }: MapItem,
  signed: boolean,
  palette: Palette,
): void {
  const port = kind === 'input' || kind === 'output';
  const room = ITEM.width - 22 - (signed ? (port ? 2 * SIGN : SIGN + 6) : 0);
  const second = detail !== '' && kind !== 'module';
  context.textAlign = port ? 'center' : 'left';
  context.textBaseline = 'middle';
  context.fillStyle = palette.text;
  context.font = `600 12px ${palette.font}`;
  const left = port ? x + ITEM.width / 2 : x + 12;
  context.fillText(shortened(context, label, room), left, y + (second ? 12 : ITEM.height / 2));
  if (!second) return;
  context.fillStyle = palette.muted;
  context.font = `10.5px ${palette.font}`;
  context.fillText(shortened(context, detail, room), x + 12, y + 25);
}

/** Names end in what tells them apart, so the middle goes. */
function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  const width = context.measureText(text).width;
  if (width <= room) return text;
  const letters = Math.max(4, Math.floor((text.length * room) / width) - 1);
  const head = Math.floor(letters * 0.35);
  return `${text.slice(0, head)}…${text.slice(text.length - (letters - head))}`;
}

function drawFocus(context: CanvasRenderingContext2D, { x, y }: MapItem, { palette, camera }: Frame): void {
  const gap = 3 / Math.min(1, camera.scale);
  context.beginPath();
  context.roundRect(x - gap, y - gap, ITEM.width + 2 * gap, ITEM.height + 2 * gap, 6 + gap);
  context.strokeStyle = palette.focus;
  context.lineWidth = 2 / Math.min(1, camera.scale);
  context.stroke();
}
