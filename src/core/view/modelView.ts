import type { Detection } from '../detect/detect';
import type { Cost } from '../detect/block';
import { previewGraph } from '../fuse/preview';
import { outputFormats, type OutputFormat } from '../outputFormat';
import { countComputing, countParameters, inspectReport, type InspectReport } from './inspectReport';

/** What the editor shows at first glance: the report, and what fusing everything would save. */
export interface ModelView extends InspectReport {
  readonly totals: Totals;
  /** What it can be fused into, the usual one first. */
  readonly outputFormats: readonly OutputFormat[];
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
  return {
    ...report,
    totals: totals(detection, report),
    outputFormats: outputFormats(detection.analysis.model),
  };
}

function totals(detection: Detection, { model, blocks }: InspectReport): Totals {
  const fusable = detection.blocks.filter((block) => block.status === 'fusable');
  const merged = fusable.filter((block) => block.dynamic === undefined);
  const dynamic = fusable.filter((block) => block.dynamic !== undefined);
  const saved = (part: (cost: Cost) => number): number =>
    dynamic.reduce((total, { before, after }) => total + part(before) - part(after), 0);
  const { nodes, initializers } = previewGraph(detection);
  const parameters = merged.reduce(
    (total, block) => total + block.after.params,
    countParameters(initializers),
  );
  const sizesKnown = fusable.every(({ before, after }) => before.macs !== null && after.macs !== null);
  const macs = (side: 'before' | 'after'): number =>
    fusable.reduce((total, block) => total + (block[side].macs ?? 0), 0);
  return {
    fusable: fusable.length,
    refused: blocks.length - fusable.length,
    nodes: { before: model.nodes, after: countComputing(nodes) - saved((cost) => cost.nodes) },
    parameters: { before: model.parameters, after: parameters - saved((cost) => cost.params) },
    blockMacs: sizesKnown ? { before: macs('before'), after: macs('after') } : null,
  };
}
