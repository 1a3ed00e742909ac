import type { ReactElement } from 'react';
import type { ModelSummary } from '../../src/core/view/inspectReport';
import { amount } from '../shared/format';
import { Landmark } from '../shared/landmark';
import { t } from '../shared/strings';

/** A model without blocks: says so, and shows what it is made of. */
export function NoBlocks({ model }: { readonly model: ModelSummary }): ReactElement {
  const most = model.ops[0]?.count ?? 1;
  return (
    <Landmark as="main" className="no-blocks" data-testid="no-blocks">
      <h2>{t('blocks.empty.title')}</h2>
      <p className="muted">{t('blocks.empty.text')}</p>
      <table className="ops" data-testid="ops">
        <caption>{t('ops.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('ops.operator')}</th>
            <th scope="col" className="number">
              {t('ops.count')}
            </th>
            <td aria-hidden="true" />
          </tr>
        </thead>
        <tbody>
          {model.ops.map(({ op, count }) => (
            <tr key={op}>
              <td>
                <code>{op}</code>
              </td>
              <td className="number">{amount(count)}</td>
              <td className="bar-cell" aria-hidden="true">
                <div className="bar" style={{ width: `${(100 * count) / most}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Landmark>
  );
}
