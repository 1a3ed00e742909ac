import type { ReactElement } from 'react';
import { amount, exact } from '../../shared/format';
import { t } from '../../shared/strings';

export interface FigureProps {
  readonly title: string;
  readonly id: string;
  readonly value: number;
  readonly after: number;
}

/** A number of the model, and what fusing makes of it. */
export function Figure({ title, id, value, after }: FigureProps): ReactElement {
  return (
    <div className="fact">
      <dt>{title}</dt>
      <dd title={exact(value)} data-testid={`fact-${id}`}>
        <strong>{amount(value)}</strong>
        {after !== value && (
          <span className="after-fusing" title={t('header.afterFusing', { n: exact(after) })}>
            <span aria-hidden="true"> → </span>
            <strong>{amount(after)}</strong>
            <span className="visually-hidden">{t('header.afterFusing', { n: '' })}</span>
          </span>
        )}
      </dd>
    </div>
  );
}
