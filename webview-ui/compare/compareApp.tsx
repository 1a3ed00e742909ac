import { useEffect, useState, type ReactElement } from 'react';
import type { CompareState } from '../../src/protocol/compare';
import { Icon } from '../shared/icon';
import { Notice } from '../shared/notice';
import { t } from '../shared/strings';
import type { CompareHost } from './compareHost';
import { CompareScreen } from './compareScreen';

/** The screen of each state. */
export function CompareApp({ host }: { readonly host: CompareHost }): ReactElement {
  const state = useCompareState(host);
  const { left, right } = state;
  switch (state.status) {
    case 'loading':
      return (
        <main>
          <Notice title={left === '' ? '' : t('compare.loading', { left, right })} testId="loading" />
        </main>
      );
    case 'failed':
      return (
        <main>
          <Notice icon="warning" title={t('compare.failed')} text={state.problem.message} testId="failed">
            <button type="button" className="button" onClick={() => void host.rpc.call('reload', null)}>
              <Icon name="reload" />
              {t('common.reload')}
            </button>
          </Notice>
        </main>
      );
    case 'ready':
      return <CompareScreen state={state} host={host} />;
  }
}

function useCompareState(host: CompareHost): CompareState {
  const [state, setState] = useState<CompareState>({ status: 'loading', left: '', right: '' });
  useEffect(() => {
    let here = true;
    const stop = host.onState(setState);
    void host.rpc.call('ready', null).then((answer) => {
      if (!here) return;
      if (answer.ok) setState(answer.value);
      else setState({ status: 'failed', left: '', right: '', problem: answer.problem });
    });
    return () => {
      here = false;
      stop();
    };
  }, [host]);
  return state;
}
