/** What became of one model of many. */
export interface FuseRow {
  readonly name: string;
  readonly outcome: 'fused' | 'nothing' | 'skipped' | 'failed' | 'cancelled';
  /** Blocks merged; null where none were. */
  readonly blocks: number | null;
  readonly nodes: readonly [before: number, after: number] | null;
  /** The file written, or why there is none. */
  readonly note: string;
}

/** A table for the log, one line a model, with columns that stand under each other. */
export function summaryTable(rows: readonly FuseRow[]): readonly string[] {
  const cells = [
    ['model', 'outcome', 'blocks', 'nodes', 'note'],
    ...rows.map(({ name, outcome, blocks, nodes, note }) => [
      name,
      outcome,
      blocks === null ? '–' : String(blocks),
      nodes === null ? '–' : `${nodes[0]} → ${nodes[1]}`,
      note,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** How many models each outcome had. */
export function countOutcomes(rows: readonly FuseRow[]): Readonly<Record<FuseRow['outcome'], number>> {
  const counts = { fused: 0, nothing: 0, skipped: 0, failed: 0, cancelled: 0 };
  for (const { outcome } of rows) counts[outcome] += 1;
  return counts;
}
