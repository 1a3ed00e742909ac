import '../shared/base.css';
import '../shared/looks.css';
import '../editor/graph/graph.css';
import '../editor/map/map.css';
import './compare.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ErrorBoundary } from '../shared/errorBoundary';
import { webviewApi } from '../shared/vscodePort';
import { CompareApp } from './compareApp';
import { connectHost } from './compareHost';

/** Two models side by side: mounts on `#root`, asks the extension host for its state and shows it. */
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <CompareApp host={connectHost(webviewApi())} />
      </ErrorBoundary>
    </StrictMode>,
  );
}
