/**
 * γ_n = n·u / (1 − n·u): the relative error that n roundings of at most u each can add up to, whatever their order.
 * `u` is the unit roundoff: 2⁻²⁴ for float32 rounded to nearest, 2⁻²³ where a backend may round either way.
 * Infinity where n·u reaches 1 and nothing can be said.
 */
export function roundingBound(n: number, u: number): number {
  const total = n * u;
  return total < 1 ? total / (1 - total) : Infinity;
}
