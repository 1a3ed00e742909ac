import * as vscode from 'vscode';
import { BOOTSTRAP_ID, type Bootstrap } from '../protocol/bootstrap';
import { screenTexts } from './texts';

export interface PageOptions {
  readonly title: string;
  /** Name of the screen's script and style sheet in dist/webview. */
  readonly screen: 'editor' | 'report' | 'compare';
  readonly extensionUri: vscode.Uri;
}

/** Folder of everything that a screen loads. */
export function assetsFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist');
}

/** The page of a screen; everything it shows comes by messages later. */
export function webviewPage(webview: vscode.Webview, { title, screen, extensionUri }: PageOptions): string {
  const asset = (...parts: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(assetsFolder(extensionUri), ...parts)).toString();
  const bootstrap: Bootstrap = {
    strings: screenTexts(),
    language: vscode.env.language,
    runner:
      screen !== 'report'
        ? null
        : {
            script: asset('webview', 'runnerWorker.js'),
            wasm: asset('ort', 'ort-wasm-simd-threaded.asyncify.wasm'),
          },
  };
  return `<!doctype html>
<html lang="${escape(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(webview, screen)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="stylesheet" href="${escape(asset('webview', `${screen}.css`))}">
</head>
<body>
<div id="root"></div>
<script type="application/json" id="${BOOTSTRAP_ID}">${JSON.stringify(bootstrap).replace(/</g, '\\u003c')}</script>
<script src="${escape(asset('webview', `${screen}.js`))}"></script>
</body>
</html>`;
}

/** No more than what a screen uses: only the report fetches (models, the worker, the wasm binary) and starts a worker. */
function policy({ cspSource }: vscode.Webview, screen: PageOptions['screen']): string {
  const common = [
    `default-src 'none'`,
    // React and the graph set style attributes
    `style-src ${cspSource} 'unsafe-inline'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
  ];
  const runner = [
    // the blob worker inherits this policy, and it compiles the runtime
    `script-src ${cspSource} 'wasm-unsafe-eval'`,
    `connect-src ${cspSource}`,
    `worker-src blob:`,
  ];
  return [...common, ...(screen === 'report' ? runner : [`script-src ${cspSource}`])].join('; ');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
