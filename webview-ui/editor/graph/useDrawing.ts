import { useMemo } from 'react';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import { arrange, fitScale } from './arrange';
import { flowItems, type FlowItems } from './flowItems';
import type { PlacedBlock } from './layout';
import type { Room } from './useRoom';

/** A block's graph as it stands in a frame. */
export interface Drawing {
  readonly items: FlowItems;
  /** Height of all of it. */
  readonly height: number;
  /** Height of the frame, which scrolls where it is lower. */
  readonly frameHeight: number;
  /** Where the graph lies at first. */
  readonly view: { readonly x: number; readonly y: number; readonly zoom: number };
}

const PADDING = 16;
/** A tall graph is scrolled rather than made smaller than this. */
const LEGIBLE = 0.8;

/** Fits a block's graph into the room: all of its width, and its height as far as the text stays legible. */
export function useDrawing(block: BlockReport, placed: PlacedBlock, { width, height }: Room): Drawing {
  const room = Math.max(1, width - 2 * PADDING);
  return useMemo(() => {
    const sheet = arrange(placed, room);
    const wide = fitScale(sheet, room, Infinity);
    // two graphs one under the other are read by scrolling the page
    const tallest = sheet.stacked ? Infinity : height;
    const zoom = Math.max(Math.min(wide, LEGIBLE), fitScale(sheet, room, tallest - 2 * PADDING));
    const whole = Math.ceil(sheet.height * zoom) + 2 * PADDING;
    return {
      items: flowItems(sheet, { before: block.before.nodes, after: block.after.nodes }),
      height: whole,
      frameHeight: Math.min(whole, tallest),
      view: { x: Math.max(PADDING, (width - sheet.width * zoom) / 2), y: PADDING, zoom },
    };
  }, [placed, block, room, width, height]);
}
