import { useCallback, type ReactElement } from 'react';
import type { ModelView } from '../../../src/core/view/modelView';
import type { TensorView } from '../../../src/core/view/nodeView';
import { amount, measured } from '../../shared/format';
import { t } from '../../shared/strings';
import type { Host } from '../host';
import { useAnswer } from '../useAnswer';
import { Histogram } from './histogram';

export interface TensorStatsProps {
  readonly name: string;
  readonly view: ModelView;
  readonly host: Host;
}

/** The numbers of a weight. */
export function TensorStats({ name, view, host }: TensorStatsProps): ReactElement {
  const ask = useCallback(
    (of: string, signal: AbortSignal) => host.rpc.call('tensor', { name: of }, { signal }),
    [host],
  );
  const answer = useAnswer(name, ask, view);
  if (answer.status === 'loading') return <p className="muted">{t('tensor.loading')}</p>;
  if (answer.status === 'failed') return <p>{answer.problem.message}</p>;
  if (answer.value === null) return <p className="muted">{t('tensor.missing')}</p>;
  return <Stats tensor={answer.value} />;
}

function Stats({ tensor }: { readonly tensor: TensorView }): ReactElement {
  const { min, max, mean, std, zeros, notFinite } = tensor;
  const figures: readonly (readonly [string, string, string])[] = [
    ['min', t('tensor.min'), measured(min)],
    ['max', t('tensor.max'), measured(max)],
    ['mean', t('tensor.mean'), measured(mean)],
    ['std', t('tensor.std'), measured(std)],
    ['zeros', t('tensor.zeros'), amount(zeros)],
    ...(notFinite > 0 ? [['notFinite', t('tensor.notFinite'), amount(notFinite)] as const] : []),
  ];
  return (
    <div className="tensor" data-testid="tensor">
      <Histogram tensor={tensor} />
      <dl>
        {figures.map(([id, title, value]) => (
          <div key={id}>
            <dt>{title}</dt>
            <dd className="mono" data-figure={id}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
