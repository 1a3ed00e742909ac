import assert from 'node:assert/strict';
import { moduleRuns } from '../../../../src/core/view/text/moduleRuns';

const runs = (...paths: (string | null)[]): readonly string[] =>
  moduleRuns(paths).map(({ module, from, to, depth }) => `${module} ${from}-${to} @${depth}`);

describe('modules of a list of nodes', () => {
  it('nest, outer before inner', () => {
    assert.deepEqual(runs('a.0.x', 'a.0.x', 'a.1', 'b'), ['a 0-3 @0', 'a.0.x 0-2 @1']);
  });

  it('of which one is all that the outer holds are told once', () => {
    assert.deepEqual(runs('a.b.c', 'a.b.c'), ['a.b.c 0-2 @0']);
  });

  it('of a single node are none', () => {
    assert.deepEqual(runs('a', 'b', '', 'c'), []);
  });

  it('take in a nameless node between two of theirs, and none at their ends', () => {
    assert.deepEqual(runs('m.a', null, 'm.b', null), ['m 0-3 @0']);
    assert.deepEqual(runs(null, 'm.a', 'm.b'), ['m 1-3 @0']);
  });

  it('that come twice are two', () => {
    assert.deepEqual(runs('a', 'a', 'b', 'a', 'a'), ['a 0-2 @0', 'a 3-5 @0']);
  });

  it('nested thousands deep do not exhaust the stack', () => {
    const paths = Array.from({ length: 3000 }, (_, depth) =>
      Array(depth + 1)
        .fill('m')
        .join('.'),
    );
    assert.ok(moduleRuns(paths).length <= 24);
  });
});
