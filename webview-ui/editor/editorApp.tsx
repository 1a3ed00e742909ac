import { useEffect, useState, type ReactElement } from 'react';
import type { EditorState } from '../../src/protocol/editor';
import { onScreen } from '../../src/core/view/onScreen';
import { Icon } from '../shared/icon';
import { Landmark } from '../shared/landmark';
import { Notice } from '../shared/notice';
import { ProgressBar } from '../shared/progressBar';
import { t } from '../shared/strings';
import type { Host } from './host';
import type { Memory } from './memory';
import { ModelDrop } from './modelDrop';
import { ModelScreen } from './modelScreen';

export interface EditorAppProps {
  readonly host: Host;
  readonly memory: Memory;
}

/** The screen of each state. */
export function EditorApp({ host, memory }: EditorAppProps): ReactElement {
  const state = useEditorState(host);
  return (
    <>
      {state.status === 'ready' ? (
        <ModelScreen state={state} host={host} memory={memory} />
      ) : (
        <Landmark as="main">
          <Waiting
            state={state}
            onReload={() => void host.rpc.call('reload', null)}
            onShapes={() => void host.rpc.call('setShapes', null)}
            onAssumptions={() => void host.rpc.call('setAssumptions', { block: null })}
          />
        </Landmark>
      )}
      {host.offers.drop && <ModelDrop host={host} />}
    </>
  );
}

interface WaitingProps {
  readonly state: Exclude<EditorState, { readonly status: 'ready' }>;
  onReload(): void;
  onShapes(): void;
  onAssumptions(): void;
}

function Waiting({ state, onReload, onShapes, onAssumptions }: WaitingProps): ReactElement {
  switch (state.status) {
    case 'loading':
      return (
        <Notice title={t('loading.title', { name: state.fileName })} testId="loading">
          <ProgressBar fraction={state.fraction} label={t('loading.title', { name: state.fileName })} />
          <p>{state.label}</p>
        </Notice>
      );
    case 'failed':
      return (
        <Notice
          icon="warning"
          title={t('failed.title', { name: state.fileName })}
          text={onScreen(state.problem.message)}
          testId="failed"
        >
          <div className="actions">
            {state.offersShapes === true && (
              <button type="button" className="button primary" data-testid="set-shapes" onClick={onShapes}>
                {t('header.setShapes')}
              </button>
            )}
            {state.offersAssumptions === true && (
              <button
                type="button"
                className="button primary"
                data-testid="set-assumptions"
                onClick={onAssumptions}
              >
                {t('assumptions.change')}
              </button>
            )}
            <button type="button" className="button" onClick={onReload}>
              <Icon name="reload" />
              {t('common.reload')}
            </button>
          </div>
        </Notice>
      );
  }
}

function useEditorState(host: Host): EditorState {
  const [state, setState] = useState<EditorState>({
    status: 'loading',
    fileName: '',
    fraction: 0,
    label: '',
  });
  useEffect(() => {
    let here = true;
    // a job tells of its progress ten times a second: the model itself is another one only when it was read again
    const take = (next: EditorState): void => setState((old) => sameModel(old, next));
    const stop = host.onState(take);
    void host.rpc.call('ready', null).then((answer) => {
      if (!here) return;
      if (answer.ok) take(answer.value);
      else setState({ status: 'failed', fileName: '', problem: answer.problem });
    });
    return () => {
      here = false;
      stop();
    };
  }, [host]);
  return state;
}

/** The new state, with the old one's model where it is still the same: nothing is asked of it again. */
function sameModel(old: EditorState, next: EditorState): EditorState {
  return old.status === 'ready' && next.status === 'ready' && old.revision === next.revision
    ? { ...next, view: old.view }
    : next;
}
