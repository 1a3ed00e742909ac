import assert from 'node:assert/strict';
import { formatShapes, parseShapes } from '../../../src/host/shapesText';

const shapes = (text: string): unknown => {
  const parsed = parseShapes(text, ['x', 'mask', 'input.1']);
  return parsed.ok ? parsed.shapes : parsed;
};

describe('shapes as a person writes them', () => {
  it('are read as they are written', () => {
    const two = { x: [1, 3, 224, 224], 'input.1': [4] };
    assert.equal(formatShapes(two), 'x = 1, 3, 224, 224; input.1 = 4');
    assert.deepEqual(shapes(formatShapes(two)), two);
  });

  it('are read as the command line has them, and with crosses or spaces', () => {
    for (const text of ['x=1,3,8,8', 'x = 1 3 8 8', ' x=1x3x8x8;', 'x = 1×3×8×8', 'x=1, 3,8 ,8,'])
      assert.deepEqual(shapes(text), { x: [1, 3, 8, 8] }, text);
    for (const text of ['x=1,3 mask=2', 'x=1,3,mask=2', 'x = 1, 3; mask = 2', 'x=1,3\nmask =2'])
      assert.deepEqual(shapes(text), { x: [1, 3], mask: [2] }, text);
  });

  it('are none where nothing is written', () => {
    assert.deepEqual(shapes(''), {});
    assert.deepEqual(shapes(' ; '), {});
  });

  it('are refused by what is wrong with them', () => {
    assert.deepEqual(shapes('x=1,0,8'), { ok: false, wrong: 'x=1,0,8' });
    assert.deepEqual(shapes('x=1,-3'), { ok: false, wrong: 'x=1,-3' });
    assert.deepEqual(shapes('x=1.5'), { ok: false, wrong: 'x=1.5' });
    assert.deepEqual(shapes('x='), { ok: false, wrong: 'x=' });
    assert.deepEqual(shapes('1,3,8,8'), { ok: false, wrong: '1,3,8,8' });
    assert.deepEqual(shapes('x=1; x=2'), { ok: false, wrong: 'x=2' });
    assert.deepEqual(shapes('x=9007199254740993'), { ok: false, wrong: 'x=9007199254740993' });
    assert.deepEqual(shapes('image=1,3'), { ok: false, unknown: 'image' });
    assert.deepEqual(shapes('__proto__=1'), { ok: false, unknown: '__proto__' });
  });
});
