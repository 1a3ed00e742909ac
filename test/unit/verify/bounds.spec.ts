import assert from 'node:assert/strict';
import type { Magnitude } from '../../../src/core/eval/tracked';
import {
  precisionOf,
  runBound,
  twoPartBound,
  weightBound,
  WEIGHT_ROUNDINGS,
} from '../../../src/core/verify/bounds';

const U = 2 ** -24;

function magnitude(products: number, depth: number, ...data: readonly number[]): Magnitude {
  return {
    products,
    depth,
    magnitude: { dtype: 'float32', dims: [data.length], data: Float64Array.from(data) },
  };
}

const gamma = (n: number, u = U): number => (n * u) / (1 - n * u);

/** Float64 noise of the bounds' own arithmetic, and the smallest normals that they add. */
const close = (actual: number, expected: number): boolean =>
  Math.abs(actual - expected) <= 1e-9 * expected + 1e-35;

describe('bounds', () => {
  it('double the unit roundoff on WebGPU', () => {
    assert.equal(precisionOf('float32', 'wasm').u, 2 ** -24);
    assert.equal(precisionOf('float32', 'webgpu').u, 2 ** -23);
    assert.equal(precisionOf('float16', 'wasm').u, 2 ** -11);
  });

  it('of a run count products and depth', () => {
    const bound = runBound(magnitude(54, 2, 10, 0), precisionOf('float32', 'wasm'));
    assert.ok(close(bound(0), gamma(56) * 10));
    assert.ok(bound(1) > 0 && bound(1) < 1e-35, 'only underflow is left where nothing is summed');
  });

  it('of two runs have two parts', () => {
    const merged = magnitude(54, 1, 3);
    const unfused = magnitude(54, 9, 5);
    const bound = twoPartBound(merged, unfused, precisionOf('float32', 'wasm'));
    assert.ok(close(bound(0), gamma(56) * 3 + gamma(63) * 5));
  });

  it('of weights do not grow with the number of products', () => {
    const bound = (products: number) =>
      weightBound(magnitude(products, 1, 3), magnitude(products, 2, 5), 0, 'float32')(0);
    assert.ok(close(bound(54), gamma(1) * 3 + (gamma(WEIGHT_ROUNDINGS + 2) + 2 ** -40) * 5));
    assert.ok(bound(54_000) < 1.0001 * bound(54));
  });

  it('say nothing where n·u reaches 1, and nothing wrong where that meets a zero', () => {
    const bound = runBound(magnitude(2 ** 11, 1, 1, 0), precisionOf('float16', 'wasm'));
    assert.equal(bound(0), Infinity);
    assert.ok(Number.isFinite(bound(1)));
  });
});
