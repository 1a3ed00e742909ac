import type { ReactElement } from 'react';
import { t } from '../shared/strings';

/** What the ends and the middle of a ratio bar stand for. */
export function RatioScale(): ReactElement {
  return (
    <div className="ratio-scale">
      <span>10⁻³</span>
      <span>{t('report.scaleBound')}</span>
      <span>10³</span>
    </div>
  );
}
