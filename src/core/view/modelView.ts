import type { Detection } from '../detect/detect';
import type { Cost } from '../detect/block';
import { inspectReport, type InspectReport } from './inspectReport';

/** What the editor shows at first glance: the report, and what fusing everything would save. */
export interface ModelView extends InspectReport {
  readonly totals: Totals;
}

export interface Totals {
  readonly fusable: number;
  readonly refused: number;
  /** Nodes of the whole model; constants written as nodes do not count. */
  readonly nodes: Change;
  readonly parameters: Change;
  /** Multiply-accumulates of the fusable blocks, for a batch of one; null where sizes are open. */
  readonly blockMacs: Change | null;
}

export interface Change {
  readonly before: number;
  readonly after: number;
}

export function modelView(detection: Detection): ModelView {
  const report = inspectReport(detection);
  return { ...report, totals: totals(report) };
}

function totals({ model, blocks }: InspectReport): Totals {
  const fusable = blocks.filter((block) => block.status === 'fusable');
  const saved = (part: (cost: Cost) => number): number =>
    fusable.reduce((total, { before, after }) => total + part(before) - part(after), 0);
  const sizesKnown = fusable.every(({ before, after }) => before.macs !== null && after.macs !== null);
  const macs = (side: 'before' | 'after'): number =>
    fusable.reduce((total, block) => total + (block[side].macs ?? 0), 0);
  return {
    fusable: fusable.length,
    refused: blocks.length - fusable.length,
    nodes: { before: model.nodes, after: model.nodes - saved((cost) => cost.nodes) },
    parameters: { before: model.parameters, after: model.parameters - saved((cost) => cost.params) },
    blockMacs: sizesKnown ? { before: macs('before'), after: macs('after') } : null,
  };
}
