import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';

const page = `<!doctype html>
<html><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-smoke'">
</head><body>
<p id="smoke">asking</p>
<script nonce="smoke">
  const vscode = acquireVsCodeApi();
  (async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    const answer = adapter ? adapter.info.vendor + ' ' + adapter.info.architecture : 'none';
    document.getElementById('smoke').textContent = answer;
    vscode.postMessage(answer);
  })();
</script></body></html>`;

/** Opens a webview that asks for a WebGPU adapter; resolves to the answer it posted. */
async function askForAdapter(panel: vscode.WebviewPanel): Promise<string> {
  const answer = new Promise<string>((settle) => {
    panel.webview.onDidReceiveMessage(settle);
  });
  panel.webview.html = page;
  return answer;
}

describe('the test host', () => {
  it('is a real VS Code, with this folder as the extension under development', async () => {
    assert.match(vscode.version, /^1\.\d+\.\d+/);
    const own = vscode.extensions.all.filter((extension) => extension.id.startsWith('replens.'));
    assert.deepEqual(
      own.map((extension) => extension.id),
      ['replens.replens'],
    );
    assert.match(await bridge.title(), /\[Extension Development Host\]/);
  });

  it('gives a webview a WebGPU adapter, and the bridge reads that webview', async () => {
    const panel = vscode.window.createWebviewPanel('smoke', 'Smoke', vscode.ViewColumn.One, {
      enableScripts: true,
    });
    try {
      const answer = await askForAdapter(panel);
      assert.notEqual(answer, 'none');
      assert.equal(await bridge.text({ webview: '#smoke', selector: '#smoke' }), answer);
      const twice = await bridge.evaluate(
        { webview: '#smoke' },
        (factor: number) => factor * document.images.length,
        2,
      );
      assert.equal(twice, 0);
    } finally {
      panel.dispose();
    }
  });

  it('reports a missing webview instead of hanging', async () => {
    await assert.rejects(
      bridge.text({ webview: '#nowhere', selector: 'p', timeout: 300 }),
      /No webview holds #nowhere/,
    );
  });
});
