import type { ReactElement } from 'react';

/** The bar's ends: a thousandth of the bound and a thousand times it. */
const DECADES = 3;

/** A ratio to the rounding bound on a logarithmic scale; the mark in the middle is the bound itself. */
export function RatioBar({ ratio }: { readonly ratio: number }): ReactElement {
  const place = ratio > 0 ? (Math.log10(ratio) + DECADES) / (2 * DECADES) : 0;
  const percent = Number.isNaN(place) ? 100 : 100 * Math.min(1, Math.max(0.01, place));
  return (
    <div className="ratio" aria-hidden="true">
      <div className={`ratio-fill ${ratio <= 1 ? 'within' : 'over'}`} style={{ width: `${percent}%` }} />
      <div className="ratio-bound" />
    </div>
  );
}
