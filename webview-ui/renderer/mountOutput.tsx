import type { ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { Result } from '../../src/core/result';
import {
  MODEL_MIME,
  readEnvelope,
  readOnnxOutput,
  REPORT_MIME,
  type NotebookModel,
} from '../../src/core/view/notebook/envelope';
import { readReport } from '../../src/core/view/notebook/readReport';
import { ErrorBoundary } from '../shared/errorBoundary';
import { OneOfMany } from '../shared/landmark';
import { Notice } from '../shared/notice';
import { t } from '../shared/strings';
import { InlineModel } from './inlineModel';
import { InlineOutput, PathOutput } from './modelOutput';
import { PathModel } from './pathModel';
import type { OutputItem } from './rendererContext';
import { ReportOutput } from './reportOutput';
import type { Services } from './services';

/** Draws an output into an element. @returns takes it away again, with all that it started. */
export function mountOutput(element: HTMLElement, item: OutputItem, services: Services): () => void {
  const { screen, dispose } = screenOf(item, services);
  const root = createRoot(element);
  // at once: an output without height would let those below it come into sight
  flushSync(() =>
    root.render(
      <OneOfMany value={true}>
        <ErrorBoundary>{screen}</ErrorBoundary>
      </OneOfMany>,
    ),
  );
  return () => {
    root.unmount();
    dispose();
  };
}

interface Screen {
  readonly screen: ReactElement;
  dispose(): void;
}

function screenOf(item: OutputItem, services: Services): Screen {
  if (item.mime === REPORT_MIME) {
    const report = readReport(item.text());
    const screen = report.ok ? (
      <ReportOutput report={report.value} services={services} />
    ) : (
      <Problem text={report.problem.message} />
    );
    return { screen, dispose: () => undefined };
  }
  const read: Result<NotebookModel> =
    item.mime === MODEL_MIME ? readEnvelope(item.text()) : readOnnxOutput(item.data());
  if (!read.ok) return { screen: <Problem text={read.problem.message} />, dispose: () => undefined };
  const { name } = read.value;
  if (read.value.kind === 'path') {
    const model = new PathModel(name, read.value.path, services);
    return { screen: <PathOutput model={model} name={name} />, dispose: () => model.dispose() };
  }
  const model = new InlineModel(name, read.value.bytes, services);
  const screen = <InlineOutput model={model} name={name} services={services} />;
  return { screen, dispose: () => model.dispose() };
}

function Problem({ text }: { readonly text: string }): ReactElement {
  return (
    <section role="group" className="output" aria-label={t('output.problem')}>
      <Notice icon="warning" title={t('output.problem')} text={text} testId="failed" />
    </section>
  );
}
