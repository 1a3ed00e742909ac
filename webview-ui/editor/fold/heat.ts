/** How a number is coloured: which steps there are, and which of them it gets. Colours themselves are in fold.css. */
export interface Heat {
  /** Positive and negative numbers, on two ramps from zero. */
  readonly signed: boolean;
  /** The size that gets the last step. */
  readonly most: number;
}

const STEPS = 8;
const SIGNED_STEPS = 5;

/** Class of a number's colour: "zero", "heat-1" … "heat-8", "plus-1" … "minus-5". */
export function heatClass({ signed, most }: Heat, value: number): string {
  const size = Math.abs(value);
  if (size === 0 || !(most > 0)) return 'zero';
  const steps = signed ? SIGNED_STEPS : STEPS;
  const step = Number.isFinite(size) ? Math.max(1, Math.min(steps, Math.ceil((size / most) * steps))) : steps;
  if (!signed) return `heat-${step}`;
  return value < 0 ? `minus-${step}` : `plus-${step}`;
}

/** The classes from one end of the scale to the other, for its legend. */
export function heatScale(signed: boolean): readonly string[] {
  const ramp = (name: string, steps: number): readonly string[] =>
    Array.from({ length: steps }, (_, step) => `${name}-${step + 1}`);
  if (!signed) return ['zero', ...ramp('heat', STEPS)];
  return [...[...ramp('minus', SIGNED_STEPS)].reverse(), 'zero', ...ramp('plus', SIGNED_STEPS)];
}

/** The largest size among finite numbers. */
export function largest(maps: readonly (readonly number[])[]): number {
  let most = 0;
  for (const map of maps)
    for (const value of map) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}
