import fc from 'fast-check';

/** The first value is what a failing case shrinks to; the numbers say how often each is chosen. */
export function weighted<T>(...choices: readonly (readonly [number, T])[]): fc.Arbitrary<T> {
  return fc.oneof(
    { withCrossShrink: true },
    ...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })),
  );
}

/** What every kind of random network has. */
export const settings = {
  dtype: weighted([18, 'float32' as const], [1, 'float64' as const], [1, 'float16' as const]),
  opset: fc.constantFrom(17, 11, 13, 18, 19, 21),
  openBatch: fc.boolean(),
  openSizes: fc.boolean(),
  naming: fc.constantFrom('modules' as const, 'none' as const),
  seed: fc.nat(),
};
