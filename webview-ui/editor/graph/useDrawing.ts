import { useMemo } from 'react';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import { arrange, fitScale } from './arrange';
import { flowItems, type FlowItems } from './flowItems';
import type { PlacedBlock } from './layout';

/** A block's graph as it stands in a frame of some width. */
export interface Drawing {
  readonly items: FlowItems;
  /** Height that the frame needs. */
  readonly height: number;
  /** Where the graph lies in the frame at first. */
  readonly view: { readonly x: number; readonly y: number; readonly zoom: number };
}

const PADDING = 16;
/** Keeps room for the inspector under the graph, as far as the text stays legible. */
const MAX_HEIGHT = 440;
const LEGIBLE = 0.75;

/** Fits a block's graph into a width; 0 while that is not known. */
export function useDrawing(block: BlockReport, placed: PlacedBlock, width: number): Drawing {
  const room = Math.max(1, width - 2 * PADDING);
  return useMemo(() => {
    const sheet = arrange(placed, room);
    const wide = fitScale(sheet, room, Infinity);
    const zoom = Math.max(Math.min(wide, LEGIBLE), fitScale(sheet, room, MAX_HEIGHT));
    return {
      items: flowItems(sheet, { before: block.before.nodes, after: block.after.nodes }),
      height: Math.ceil(sheet.height * zoom) + 2 * PADDING,
      view: { x: Math.max(PADDING, (width - sheet.width * zoom) / 2), y: PADDING, zoom },
    };
  }, [placed, block, room, width]);
}
