import assert from 'node:assert/strict';
import { countOutcomes, summaryTable, type FuseRow } from '../../../src/host/fuseSummary';

const rows: readonly FuseRow[] = [
  { name: 'a.onnx', outcome: 'fused', blocks: 22, nodes: [154, 88], note: 'a.fused.onnx' },
  { name: 'long/name.onnx', outcome: 'failed', blocks: null, nodes: null, note: 'The file is empty.' },
];

describe('the summary of many models', () => {
  it('is a table whose columns stand under each other', () => {
    assert.deepEqual(summaryTable(rows), [
      'model           outcome  blocks  nodes     note',
      'a.onnx          fused    22      154 → 88  a.fused.onnx',
      'long/name.onnx  failed   –       –         The file is empty.',
    ]);
  });

  it('counts the outcomes', () => {
    assert.deepEqual(countOutcomes(rows), { fused: 1, nothing: 0, skipped: 0, failed: 1, cancelled: 0 });
  });
});
