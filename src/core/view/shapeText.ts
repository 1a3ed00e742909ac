import type { Analysis } from '../detect/analysis';
import type { Dim } from '../ir/model';

/** A value's shape as a person writes it: "N×64×56×56"; "?" where nothing is known of it. */
export function shapeText(analysis: Analysis, value: string): string {
  const dims: readonly Dim[] | null = analysis.facts.types.get(value)?.dims ?? null;
  return dims === null ? '?' : dims.map((dim) => dim ?? '?').join('×');
}
