import '../shared/base.css';
import '../shared/assumptions.css';
import './report.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { bootstrap } from '../shared/bootstrap';
import { ErrorBoundary } from '../shared/errorBoundary';
import { keepFocus } from '../shared/keepFocus';
import { webviewApi } from '../shared/vscodePort';
import { ReportApp } from './reportApp';
import { Runner } from './runner';

/**
 * The runner view: runs verifications in a blob worker and shows their report. Where the worker's script and the wasm
 * binary are to be fetched stands in the page (`Bootstrap.runner`); model bytes are fetched from the job's URIs.
 */
const runner = new Runner(webviewApi(), bootstrap.runner);
keepFocus(window);
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <ReportApp runner={runner} />
      </ErrorBoundary>
    </StrictMode>,
  );
}
