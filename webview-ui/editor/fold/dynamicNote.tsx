import type { ReactElement } from 'react';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import { Icon } from '../../shared/icon';
import { measured } from '../../shared/format';
import { t } from '../../shared/strings';

/** A dynamic convolution has no one kernel: what is known of it. */
export function DynamicNote({
  dynamic,
}: {
  readonly dynamic: NonNullable<BlockReport['dynamic']>;
}): ReactElement {
  const { attention, bank, batch, notes } = dynamic;
  const facts: readonly (readonly [string, string])[] = [
    [t('fold.bank'), `${bank.kernels} × [${bank.dims.join(', ')}]`],
    [
      t('fold.attention'),
      t(attention.sumsToOne ? 'fold.attentionSums' : 'fold.attentionFree', {
        name: attention.value,
        activation: attention.activation,
        count: attention.count,
      }),
    ],
    [t('fold.temperature'), measured(attention.temperature)],
    ...(batch === null ? [] : [[t('fold.batch'), String(batch)] as const]),
  ];
  return (
    <div className="fold-empty dynamic" data-testid="fold-dynamic">
      <p>
        <Icon name="question" className="warn" /> {t('fold.dynamic')}
      </p>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
      {notes.map((sentence) => (
        <p key={sentence} className="muted">
          {sentence}
        </p>
      ))}
    </div>
  );
}
