import { useEffect, useState, useSyncExternalStore, type ReactElement } from 'react';
import { EditorApp } from '../editor/editorApp';
import type { Memory } from '../editor/memory';
import { ProblemBar } from '../editor/problemBar';
import { Icon } from '../shared/icon';
import { t } from '../shared/strings';
import type { InlineModel } from './inlineModel';
import type { PathModel } from './pathModel';
import { ReportOutput } from './reportOutput';
import type { Saved } from './saving';
import type { Services } from './services';

export interface InlineOutputProps {
  readonly model: InlineModel;
  readonly name: string;
  readonly services: Services;
}

/** A model that lies in the notebook: its blocks, where its fused form went, what a verification found. */
export function InlineOutput({ model, name, services }: InlineOutputProps): ReactElement {
  const { saved, report } = useSyncExternalStore(model.subscribe, model.extras);
  const [memory] = useState(ownMemory);
  return (
    <section role="group" className="output" aria-label={t('output.model', { name })}>
      {!services.trusted && (
        <Line icon="warning" testId="untrusted">
          {t('output.untrusted')}
        </Line>
      )}
      <div role="status">{saved !== null && <SavedLine saved={saved} services={services} />}</div>
      <EditorApp host={model.host} memory={memory} />
      {report !== null && (
        <ReportOutput report={report} services={services} onReveal={(id) => model.host.reveal(id)} />
      )}
    </section>
  );
}

export interface PathOutputProps {
  readonly model: PathModel;
  readonly name: string;
}

/** A model beside the notebook: its blocks, and the way to all the rest. */
export function PathOutput({ model, name }: PathOutputProps): ReactElement {
  const [memory] = useState(ownMemory);
  const [problem, setProblem] = useState<string | null>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => model.host.onState(({ status }) => setReady(status === 'ready')), [model]);
  const open = (): void => {
    setProblem(null);
    model.openEditor().catch((error: unknown) => setProblem(wordsOf(error)));
  };
  return (
    <section role="group" className="output" aria-label={t('output.model', { name })}>
      {problem !== null && <ProblemBar text={problem} onDismiss={() => setProblem(null)} />}
      {ready && (
        <Line icon="chip" testId="from-file">
          {t('output.fromFile')}{' '}
          <button type="button" className="button" data-testid="open-editor" onClick={open}>
            {t('output.open')}
          </button>
        </Line>
      )}
      <EditorApp host={model.host} memory={memory} />
    </section>
  );
}

function SavedLine({
  saved,
  services,
}: {
  readonly saved: Saved;
  readonly services: Services;
}): ReactElement {
  if (saved.where === 'download')
    return (
      <Line icon="save" testId="saved">
        {t('output.downloaded', { name: saved.name })}
      </Line>
    );
  const { name, path } = saved.model;
  const open = async (): Promise<void> => {
    if (path !== null) await (await services.channel.reach())?.call('openEditor', { path });
  };
  return (
    <Line icon="check" testId="saved">
      {t(path === null ? 'output.savedElsewhere' : 'output.saved', { name })}{' '}
      {path !== null && (
        <button type="button" className="link" data-testid="open-saved" onClick={() => void open()}>
          {t('output.openSaved', { name })}
        </button>
      )}
    </Line>
  );
}

interface LineProps {
  readonly icon: 'warning' | 'save' | 'check' | 'chip';
  readonly testId: string;
  readonly children: React.ReactNode;
}

function Line({ icon, testId, children }: LineProps): ReactElement {
  return (
    <p className="output-line" data-testid={testId}>
      <Icon name={icon} className={icon === 'warning' ? 'warn' : icon === 'check' ? 'good' : ''} />
      <span>{children}</span>
    </p>
  );
}

/** An output is remembered as long as it is shown. */
function ownMemory(): Memory {
  let state: unknown;
  return {
    getState: () => state,
    setState: (next) => {
      state = next;
    },
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
