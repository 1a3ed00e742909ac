import type { ReactElement } from 'react';
import { beforeAfterBars, type BarPair } from '../../src/core/view/report/pictures';
import type { ModelChange } from '../../src/core/view/report/verificationRecord';
import { amount } from '../shared/format';
import { t } from '../shared/strings';
import { Picture } from './picture';

/** What merging made of the model, in bars. */
export function ChangeSection({ change }: { readonly change: ModelChange }): ReactElement {
  const pair = (name: string, { before, after }: ModelChange['nodes']): BarPair => ({
    ...{ name, before, after },
    beforeText: amount(before),
    afterText: amount(after),
  });
  const pairs = [
    pair(t('report.nodes'), change.nodes),
    pair(t('report.convs'), change.convs),
    pair(t('report.parameters'), change.parameters),
    pair(t('report.bytes'), change.bytes),
  ];
  return (
    <section>
      <h2>{t('report.change')}</h2>
      <Picture markup={beforeAfterBars(pairs, t('report.change'))} testId="change-bars" />
    </section>
  );
}
