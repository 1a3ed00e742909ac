import type { ErrorHistogram } from '../../verify/metrics';
import type { ErrorMap } from '../../verify/report';
import { COLOURS, label, rectangle, svg } from './svg';

/** The pictures of a report, as SVG. */

export interface BarPair {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** The two numbers in words, with their unit. */
  readonly beforeText: string;
  readonly afterText: string;
}

const ROW = 40;
const NAME_WIDTH = 110;
const BAR_WIDTH = 300;
const TEXT_WIDTH = 130;

/** Pairs of bars, each pair on a scale of its own. */
export function beforeAfterBars(pairs: readonly BarPair[], title: string): string {
  const rows = pairs.flatMap(({ name, before, after, beforeText, afterText }, index) => {
    const top = index * ROW;
    const most = Math.max(before, after, Number.MIN_VALUE);
    const bar = (value: number, y: number, fill: string, text: string): readonly string[] => {
      const width = Math.max(1, (BAR_WIDTH * value) / most);
      return [
        rectangle([NAME_WIDTH, y, width, 13], fill, `${name}: ${text}`),
        label([NAME_WIDTH + width + 6, y + 11], text),
      ];
    };
    return [
      label([NAME_WIDTH - 8, top + 21], name, 'end'),
      ...bar(before, top + 3, COLOURS.before, beforeText),
      ...bar(after, top + 18, COLOURS.after, afterText),
    ];
  });
  const width = NAME_WIDTH + BAR_WIDTH + TEXT_WIDTH;
  return svg({ width, height: Math.max(1, pairs.length) * ROW, title }, rows);
}

const BIN_WIDTH = 28;
const PLOT_HEIGHT = 90;

/** How many elements differ by how much, a decade a bar; heights are logarithmic, so that one wrong element shows among millions. */
export function errorHistogram(histogram: ErrorHistogram, title: string): string {
  const { firstDecade, counts, equal } = histogram;
  const bins = [
    { name: '0', count: equal },
    ...counts.map((count, index) => ({ name: `1e${firstDecade + index}`, count })),
  ];
  const most = Math.log10(1 + Math.max(1, ...bins.map(({ count }) => count)));
  const bars = bins.flatMap(({ name, count }, index) => {
    const x = 4 + index * BIN_WIDTH;
    const height = (PLOT_HEIGHT * Math.log10(1 + count)) / most;
    const isShown = index === 0 || index % 3 === 1;
    return [
      rectangle([x, PLOT_HEIGHT + 4 - height, BIN_WIDTH - 3, height], COLOURS.after, `${name}: ${count}`),
      ...(isShown ? [label([x + BIN_WIDTH / 2 - 1, PLOT_HEIGHT + 20], name, 'middle')] : []),
    ];
  });
  return svg({ width: 8 + bins.length * BIN_WIDTH, height: PLOT_HEIGHT + 26, title }, bars);
}

/** Larger maps are drawn by the worst of each cell. */
const MOST_CELLS = 48;
const MAP_SIZE = 240;

/** Where in the image a block's result is wrong, and in which channels. Rows from the top, channels beside it. */
export function errorMapPicture({ dims, places, channels }: ErrorMap, title: string): string {
  const width = dims.length === 0 ? 1 : (dims[dims.length - 1] as number);
  const height = Math.max(1, Math.round(places.length / Math.max(1, width)));
  const most = Math.max(Number.MIN_VALUE, ...places, ...channels);
  const step = Math.max(1, Math.ceil(Math.max(width, height) / MOST_CELLS));
  const cell = MAP_SIZE / Math.ceil(Math.max(width, height) / step);
  const cells: string[] = [];
  for (let y = 0; y < height; y += step)
    for (let x = 0; x < width; x += step) {
      const worst = worstOf(places, { x, y, step, width, height });
      cells.push(rectangle([(x / step) * cell, (y / step) * cell, cell, cell], shade(worst / most)));
    }
  const left = Math.ceil(width / step) * cell + 16;
  const tall = Math.ceil(height / step) * cell;
  const row = Math.max(1, Math.min(12, Math.max(tall, 60) / Math.max(1, channels.length)));
  const bars = channels.map((value, index) =>
    rectangle(
      [left, index * row, Math.max(0.5, (120 * value) / most), Math.max(0.5, row - 0.5)],
      COLOURS.bad,
      `channel ${index}`,
    ),
  );
  const size = { width: left + 124, height: Math.max(tall, row * channels.length) };
  return svg({ ...size, title }, [rectangle([0, 0, left - 16, tall], COLOURS.track), ...cells, ...bars]);
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly step: number;
  readonly width: number;
  readonly height: number;
}

function worstOf(places: readonly number[], { x, y, step, width, height }: Cell): number {
  let worst = 0;
  for (let row = y; row < Math.min(height, y + step); row++)
    for (let column = x; column < Math.min(width, x + step); column++)
      worst = Math.max(worst, places[row * width + column] ?? 0);
  return worst;
}

/** From nothing to the worst, by its root: small errors are seen too. */
function shade(share: number): string {
  const alpha = Math.round(100 * Math.sqrt(Math.min(1, Math.max(0, share)))) / 100;
  return alpha === 0 ? 'none' : `${COLOURS.bad}" fill-opacity="${alpha}`;
}
