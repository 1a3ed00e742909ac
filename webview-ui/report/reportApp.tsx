import { useRef, useSyncExternalStore, type ReactElement } from 'react';
import { Announcer } from '../shared/announcer';
import { GpuLine } from '../shared/gpuLine';
import { Notice } from '../shared/notice';
import { ProgressBar } from '../shared/progressBar';
import { t } from '../shared/strings';
import { useFocusHeir } from '../shared/useFocusHeir';
import { ReportView } from './reportView';
import type { Names, Runner, RunnerState } from './runner';
import { SpeedView } from './speedView';

/** The screen of each state of the runner. */
export function ReportApp({ runner }: { readonly runner: Runner }): ReactElement {
  const state = useSyncExternalStore(runner.subscribe, runner.state);
  const gpu = useSyncExternalStore(runner.subscribe, runner.gpu);
  return (
    <>
      <Announcer text={announcement(state)} />
      <main data-status={state.status}>
        <Screen state={state} runner={runner} />
        {state.status !== 'done' && state.status !== 'benched' && <GpuLine gpu={gpu} />}
      </main>
    </>
  );
}

function Screen({ state, runner }: { readonly state: RunnerState; readonly runner: Runner }): ReactElement {
  switch (state.status) {
    case 'idle':
      return <Notice icon="chip" title={t('report.idleTitle')} text={t('report.idleText')} testId="idle" />;
    case 'running':
      return (
        <Notice title={t('report.runningTitle')} text={pair(state.names)} testId="running">
          <ProgressBar fraction={state.fraction} label={t('report.runningTitle')} />
          <p>{state.label}</p>
          <CancelButton onCancel={runner.cancel} />
        </Notice>
      );
    case 'cancelled':
      return (
        <Notice
          icon="slash"
          title={t('report.cancelledTitle')}
          text={`${pair(state.names)} ${t('report.again')}`}
          testId="cancelled"
        />
      );
    case 'failed':
      return (
        <Notice icon="warning" title={t('report.failedTitle')} text={state.problem.message} testId="failed">
          <p>
            {pair(state.names)} {t('report.again')}
          </p>
        </Notice>
      );
    case 'done':
      return <ReportView report={state.report} names={state.names} runner={runner} />;
    case 'benched':
      return <SpeedView speed={state.speed} names={state.names} onReveal={runner.reveal} />;
  }
}

/** When it goes, the focus goes to what came out. */
function CancelButton({ onCancel }: { onCancel(): void }): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  useFocusHeir(button, 'main h1, main h2');
  return (
    <button type="button" className="button" data-testid="cancel" ref={button} onClick={onCancel}>
      {t('common.cancel')}
    </button>
  );
}

function pair({ original, fused }: Names): string {
  return t('report.pair', { original, fused });
}

function announcement(state: RunnerState): string {
  switch (state.status) {
    case 'idle':
      return '';
    case 'running':
      return state.label;
    case 'cancelled':
      return t('report.cancelledTitle');
    case 'failed':
      return state.problem.message;
    case 'done':
      return `${t(`verdict.${state.report.verdict}`)}: ${state.report.reason}`;
    case 'benched':
      return state.speed.summary;
  }
}
