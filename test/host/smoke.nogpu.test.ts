import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the test host without a GPU', () => {
  it('gives a webview no WebGPU adapter', async () => {
    const panel = vscode.window.createWebviewPanel('smoke', 'Smoke', vscode.ViewColumn.One, {
      enableScripts: true,
    });
    const answer = new Promise<unknown>((settle) => {
      panel.webview.onDidReceiveMessage(settle);
    });
    panel.webview.html = `<script>
      (async () => acquireVsCodeApi().postMessage((await navigator.gpu?.requestAdapter()) ? 'adapter' : 'none'))();
    </script>`;
    assert.equal(await answer, 'none');
    panel.dispose();
  });
});
