import { useState, type ReactElement } from 'react';
import type { KernelFold } from '../../../src/core/view/foldTypes';
import { t } from '../../shared/strings';
import { fineText } from './cellText';
import type { FoldNumbers } from './foldNumbers';
import { percentText } from './percentText';
import { tapName } from './tapGrid';

export interface FoldTableProps {
  readonly fold: KernelFold;
  readonly numbers: FoldNumbers;
}

/** The same numbers as a table: a line a tap, a column a branch, and the merged tensor. Made when it is opened. */
export function FoldTable({ fold, numbers }: FoldTableProps): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <details className="fold-table" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary data-testid="fold-table-open">{t('fold.table')}</summary>
      {open && <Table fold={fold} numbers={numbers} />}
    </details>
  );
}

function Table({ fold, numbers }: FoldTableProps): ReactElement {
  const merged = numbers.sums.at(-1) ?? [];
  return (
    <div className="table-scroller" tabIndex={0} role="region" aria-label={t('fold.table')}>
      <table data-testid="fold-table">
        <caption className="muted">{t(numbers.heat.signed ? 'fold.tablePair' : 'fold.tableMean')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('fold.tapHead')}</th>
            {fold.branches.map(({ label, share, dead }, index) => (
              <th key={index} scope="col">
                {index + 1} {label}{' '}
                <span className="muted">
                  ({dead ? t('fold.dead') : t('fold.percent', { percent: percentText(share) })})
                </span>
              </th>
            ))}
            <th scope="col">{t('fold.merged')}</th>
          </tr>
        </thead>
        <tbody>
          {merged.map((value, tap) => (
            <tr key={tap}>
              <th scope="row">{tapName(fold.taps, tap)}</th>
              {numbers.branches.map((branch, index) => (
                <td key={index} className="mono number" data-value={branch[tap]}>
                  {fineText(branch[tap] ?? 0)}
                </td>
              ))}
              <td className="mono number" data-value={value} data-merged>
                {fineText(value)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
