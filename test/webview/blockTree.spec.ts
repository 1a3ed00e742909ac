import { deepEqual, equal } from 'node:assert/strict';
import type { BlockReport } from '../../src/core/view/inspectReport';
import { matches, treeRows } from '../../webview-ui/editor/blocks/blockTree';
import { verticalCurve } from '../../webview-ui/editor/graph/curve';
import { neighbour } from '../../webview-ui/editor/graph/neighbour';

function block(id: string, modulePath: string, output = `${id}.out`): BlockReport {
  const cost = { nodes: 3, params: 10, macs: null };
  return {
    id,
    family: 'RepVGG',
    status: 'fusable',
    input: 'x',
    output,
    modulePath,
    nodes: [],
    branches: [],
    transforms: [],
    refusal: null,
    before: cost,
    after: { ...cost, nodes: 1 },
  };
}

/** The rows as indented text. */
function outline(blocks: readonly BlockReport[], collapsed: readonly string[] = []): readonly string[] {
  return treeRows(blocks, new Set(collapsed)).map(({ level, label }) => '  '.repeat(level - 1) + label);
}

describe('editor: blocks by module path', () => {
  it('groups by the segments of the path', () => {
    deepEqual(outline([block('b0', 'stem'), block('b1', 's.0'), block('b2', 's.1'), block('b3', 's.2')]), [
      'stem',
      's',
      '  0',
      '  1',
      '  2',
    ]);
  });

  it('makes one row of modules that hold one thing', () => {
    deepEqual(outline([block('b0', 'a.b.0.conv'), block('b1', 'a.b.1.conv')]), [
      'a.b',
      '  0.conv',
      '  1.conv',
    ]);
  });

  it('tells blocks of one module apart by the tensor they end in', () => {
    deepEqual(outline([block('b0', 'm', 'y0'), block('b1', 'm', 'y1')]), ['m', '  y0', '  y1']);
  });

  it('shows blocks without a path by their tensor', () => {
    deepEqual(outline([block('b0', '', 'y0'), block('b1', '', 'y1')]), ['y0', 'y1']);
  });

  it('hides what lies in a closed group', () => {
    const rows = treeRows([block('b0', 's.0'), block('b1', 's.1'), block('b2', 't')], new Set(['/s']));
    deepEqual(
      rows.map(({ label, position, siblings }) => [label, position, siblings]),
      [
        ['s', 1, 2],
        ['t', 2, 2],
      ],
    );
  });

  it('keeps modules whose names objects have', () => {
    deepEqual(outline([block('b0', 'constructor'), block('b1', '__proto__.x')]), [
      'constructor',
      '__proto__.x',
    ]);
  });

  it('filters by all words, in any order and case', () => {
    const one = block('b7', 'stages.2.conv');
    equal(matches(one, 'STAGES.2 repvgg'), true);
    equal(matches(one, 'stages.2 acnet'), false);
    equal(matches(one, ''), true);
  });
});

describe('editor: lines and arrows of the graph', () => {
  it('draws a straight lane as a line and a change of lane as a curve', () => {
    equal(verticalCurve([{ x: 5, y: 0 }, { x: 5, y: 40 }]), 'M5,0L5,40'); // prettier-ignore
    equal(verticalCurve([{ x: 0, y: 0 }, { x: 10, y: 40 }]), 'M0,0C0,20 10,20 10,40'); // prettier-ignore
  });

  it('eases from a lane into a curve', () => {
    const path = verticalCurve([{ x: 0, y: 0 }, { x: 0, y: 100 }, { x: 10, y: 140 }]); // prettier-ignore
    equal(path, 'M0,0L0,74C0,107 10,107 10,140');
  });

  it('goes to the nearest card in a direction, and nowhere at the edge', () => {
    const [a, b, c] = [
      { id: 'a', x: 0, y: 0 },
      { id: 'b', x: 100, y: 0 },
      { id: 'c', x: 40, y: 70 },
    ] as const;
    const spots = [a, b, c];
    equal(neighbour(spots, a, 'ArrowRight'), b);
    equal(neighbour(spots, a, 'ArrowDown'), c);
    equal(neighbour(spots, b, 'ArrowRight'), null);
    equal(neighbour(spots, a, 'Enter'), null);
  });
});
