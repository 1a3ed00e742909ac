import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Dim } from '../../../src/core/ir/model';
import {
  addDims,
  divideDims,
  floorDivide,
  isNonNegative,
  multiplyDims,
  solveDim,
  subtractDims,
  symbolDim,
} from '../../../src/core/passes/symbolicDim';
import { sizeOf } from './support';

describe('symbolicDim', () => {
  it('gives equal sizes equal names', () => {
    const byThree = addDims(floorDivide(addDims('H', 2 - 3), 2), 1);
    const byOne = addDims(floorDivide(addDims('H', -1), 2), 1);
    assert.equal(byThree, 'floor((H+1)/2)');
    assert.equal(byOne, byThree);
    assert.equal(addDims(addDims('H', 2), -2), 'H');
    assert.equal(multiplyDims('N', multiplyDims(3, 'H')), '3*H*N');
    assert.equal(floorDivide(floorDivide(addDims('H', 1), 2), 2), 'floor((H+1)/4)');
    assert.equal(floorDivide(multiplyDims('H', 4), 2), '2*H');
  });

  it('names a symbol that reads like an expression so that it is none', () => {
    assert.equal(symbolDim('batch.0'), 'batch.0');
    assert.equal(symbolDim('H+1'), '[H+1]');
    assert.notEqual(addDims('H', 1), symbolDim('H+1'));
    assert.equal(subtractDims(symbolDim('a)*(b'), symbolDim('a)*(b')), 0);
    assert.equal(multiplyDims(symbolDim('a)*(b'), 2), '2*[a%29*%28b]');
  });

  it('gives null for what it has no name for', () => {
    assert.equal(addDims('H', 'W'), null);
    assert.equal(subtractDims('H', 'W'), null);
    assert.equal(divideDims('H', 2), null);
    assert.equal(multiplyDims('H', -1), null);
    assert.equal(addDims(null, 1), null);
    assert.equal(floorDivide('H', 0), null);
  });

  it('does not grow without end', () => {
    let dim: Dim = 'H';
    for (let step = 0; step < 200; step++) dim = multiplyDims(dim, addDims(dim, 1));
    assert.equal(dim, null);
  });

  it('knows which sizes are never negative', () => {
    assert.equal(isNonNegative('floor((H+1)/2)'), true);
    assert.equal(isNonNegative('H-3'), false);
    assert.equal(isNonNegative(null), false);
    assert.equal(isNonNegative(-1), false);
  });

  it('solves for a symbol', () => {
    assert.deepEqual(solveDim('H+2', 18), { symbol: 'H', size: 16 });
    assert.deepEqual(solveDim('320*N', 640), { symbol: 'N', size: 2 });
    assert.equal(solveDim('320*N', 641), null);
    assert.equal(solveDim('H+2', 2), null);
  });

  it('stands for the number that the same steps give', () => {
    const step = fc.oneof(
      fc.record({ op: fc.constant('add' as const), by: fc.integer({ min: -9, max: 9 }) }),
      fc.record({ op: fc.constant('multiply' as const), by: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ op: fc.constant('divide' as const), by: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ op: fc.constant('product' as const), by: fc.constant(0) }),
      fc.record({ op: fc.constant('quotient' as const), by: fc.integer({ min: 1, max: 4 }) }),
    );
    let symbolic = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.integer({ min: 1, max: 60 }), (steps, H) => {
        let dim: Dim = 'H';
        let value = H;
        for (const { op, by } of steps) {
          const before: Dim = dim;
          if (op === 'add') [dim, value] = [addDims(dim, by), value + by];
          if (op === 'multiply') [dim, value] = [multiplyDims(dim, by), value * by];
          if (op === 'divide') [dim, value] = [floorDivide(dim, by), Math.floor(value / by)];
          if (op === 'product') [dim, value] = [multiplyDims(dim, 'W'), value * 7];
          if (op === 'quotient') [dim, value] = [divideDims(dim, by), value / by];
          if (dim === null) [dim, value] = [before, sizeOf(before, { H, W: 7 })!];
        }
        if (typeof dim === 'string') symbolic += 1;
        // + 0 turns −0 into 0
        assert.equal((sizeOf(dim, { H, W: 7 }) ?? NaN) + 0, value + 0, String(dim));
      }),
      { numRuns: 2000, seed: 1 },
    );
    assert.ok(symbolic > 1000, `only ${symbolic} of 2000 stayed symbols`);
  });
});
