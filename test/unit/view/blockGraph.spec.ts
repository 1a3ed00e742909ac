import assert from 'node:assert/strict';
import { blockGraph } from '../../../src/core/view/blockGraph';
import { detectFixture } from '../../support/models';

describe('the graph of a block', () => {
  const detection = detectFixture('models/repvgg.legacy.onnx');

  it('has a vertex a node, joined as the model joins them, and two ends', () => {
    const graph = blockGraph(detection, 'b0');
    assert.ok(graph);
    const { vertices, edges } = graph.before;
    assert.deepEqual(
      vertices.map(({ kind, title, lane }) => [kind, title, lane]),
      [
        ['source', 'x', null],
        ['op', 'Conv 3×3', 0],
        ['op', 'Conv 1×1', 1],
        ['merge', 'Add', null],
        ['op', 'BatchNormalization', 2],
        ['merge', 'Add', null],
        ['sink', '/Add_1_output_0', null],
      ],
    );
    assert.deepEqual(
      edges.map(({ from, to }) => `${from} → ${to}`).sort(),
      [
        'source → /d/d.0/Conv',
        'source → /o/o.0/Conv',
        'source → /i/BatchNormalization',
        '/d/d.0/Conv → /Add',
        '/o/o.0/Conv → /Add',
        '/Add → /Add_1',
        '/i/BatchNormalization → /Add_1',
        '/Add_1 → sink',
      ].sort(),
    );
    assert.ok(vertices.every(({ shape }) => shape === 'N×12×14×14'));
    assert.equal(new Set(vertices.map(({ id }) => id)).size, vertices.length);
  });

  it('is one convolution afterwards', () => {
    const after = blockGraph(detection, 'b0')?.after;
    assert.deepEqual(
      after?.vertices.map(({ kind, title }) => [kind, title]),
      [
        ['source', 'x'],
        ['op', 'Conv 3×3'],
        ['sink', '/Add_1_output_0'],
      ],
    );
    assert.equal(after.edges.length, 2);
  });

  it('of a refused block points at the fault and has no afterwards', () => {
    const graph = blockGraph(detectFixture('refuse/branch_escapes.onnx'), 'b0');
    assert.equal(graph?.after, null);
    const faulty = graph.before.vertices.filter(({ atFault }) => atFault).map(({ node }) => node);
    assert.deepEqual(faulty, ['/a/Conv'], 'the reader outside is no part of the picture');
  });

  it('is null for a block that there is not', () => {
    assert.equal(blockGraph(detection, 'b1'), null);
  });
});
