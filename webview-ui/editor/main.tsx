import '@xyflow/react/dist/base.css';
import '../shared/base.css';
import '../shared/assumptions.css';
import '../shared/looks.css';
import './editor.css';
import './fold/fold.css';
import './graph/graph.css';
import './inspector/inspector.css';
import './map/map.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ErrorBoundary } from '../shared/errorBoundary';
import { keepFocus } from '../shared/keepFocus';
import { vscodePort, webviewApi } from '../shared/vscodePort';
import { EditorApp } from './editorApp';
import { connectHost } from './host';

/** The model editor: mounts on `#root`, asks the extension host for its state and shows it. */
keepFocus(window);
const api = webviewApi();
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <EditorApp host={connectHost(vscodePort(api))} memory={api} />
      </ErrorBoundary>
    </StrictMode>,
  );
}
