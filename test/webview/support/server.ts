import { build } from 'esbuild';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BOOTSTRAP_ID, type Bootstrap } from '../../../src/protocol/bootstrap';
import { themeClass, themeCss, type ThemeName } from './themes';

const root = join(__dirname, '../../..');

export type Screen = 'editor' | 'report' | 'compare';

export interface TestServer {
  /** A page of a screen, as the extension host would write it. */
  page(screen: Screen, theme: ThemeName, bootstrap?: Partial<Bootstrap>): string;
  /** Serves bytes under a path. */
  put(path: string, body: Uint8Array | string): string;
  close(): Promise<void>;
}

interface ServedPage {
  readonly screen: Screen;
  readonly html: string;
}

/** Builds both screens from their sources and serves them on 127.0.0.1 under the content security policy of the product. */
export async function startServer(): Promise<TestServer> {
  const files = new Map<string, Uint8Array | string>(await bundles());
  const pages = new Map<string, ServedPage>();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    const page = pages.get(path);
    const file = files.get(path);
    if (page !== undefined) sendPage(response, page);
    else if (file !== undefined) response.writeHead(200, { 'content-type': mimeType(path) }).end(file);
    else response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    page: (screen, theme, bootstrap = {}) => {
      const path = `/page${pages.size}.html`;
      const content = html(screen, theme, { strings: {}, runner: null, language: 'en', ...bootstrap });
      pages.set(path, { screen, html: content });
      return origin + path;
    },
    put: (path, body) => {
      files.set(path, body);
      return origin + path;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bundles(): Promise<readonly (readonly [string, Uint8Array])[]> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: {
      editor: 'webview-ui/editor/main.tsx',
      report: 'webview-ui/report/main.tsx',
      compare: 'webview-ui/compare/main.tsx',
      'webview/elk': 'webview-ui/shared/elk.ts',
    },
    bundle: true,
    format: 'iife',
    target: 'es2022',
    define: {
      'process.env.NODE_ENV': '"production"',
      'import.meta.url': 'document.currentScript.src',
    },
    minify: true,
    keepNames: true,
    write: false,
    outdir: '/',
    logLevel: 'warning',
  });
  return outputFiles.map(({ path, contents }) => [path, contents] as const);
}

/** As strict as in the product: only the report fetches and starts a worker. */
const COMMON = "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:";
const POLICIES: Readonly<Record<Screen, string>> = {
  editor: `${COMMON}; script-src 'self'`,
  compare: `${COMMON}; script-src 'self'`,
  report: `${COMMON}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src blob:`,
};

function sendPage(response: ServerResponse, { screen, html: page }: ServedPage): void {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICIES[screen],
  };
  response.writeHead(200, headers).end(page);
}

function html(screen: Screen, theme: ThemeName, bootstrap: Bootstrap): string {
  const json = JSON.stringify(bootstrap).replace(/</g, '\\u003c');
  return `<!doctype html>
<html lang="${bootstrap.language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>RepLens</title>
    <style id="theme">${themeCss(theme)}</style>
    <link rel="stylesheet" href="/${screen}.css" />
  </head>
  <body class="${themeClass(theme)}">
    <div id="root"></div>
    <script type="application/json" id="${BOOTSTRAP_ID}">${json}</script>
    <script src="/${screen}.js"></script>
  </body>
</html>`;
}

function mimeType(path: string): string {
  if (path.endsWith('.js')) return 'text/javascript';
  if (path.endsWith('.html')) return 'text/html; charset=utf-8';
  return path.endsWith('.css') ? 'text/css' : 'application/octet-stream';
}
