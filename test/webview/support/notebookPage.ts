import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chunkedPort } from '../../../src/protocol/chunkedPort';
import type { NotebookHostMethods } from '../../../src/protocol/notebook';
import { openRpc, type Handlers } from '../../../src/protocol/rpc';
import { fixtureBytes } from './models';
import type { Locator, Page } from './playwright';
import { stage } from './stage';
import { themeClass, themeCss, type ThemeName } from './themes';

const root = join(__dirname, '../../..');

export type HostMethods = Partial<Handlers<NotebookHostMethods>>;

export interface NotebookOptions {
  /** What the extension host answers; null: there is none. */
  readonly host?: HostMethods | null;
  readonly trusted?: boolean;
  readonly theme?: ThemeName;
  readonly width?: number;
  /** The security policy that VS Code has for notebooks behind a setting. */
  readonly strict?: boolean;
}

/** What of the page is still there. */
export interface Alive {
  readonly workers: number;
  /** Workers that were started, ended ones included. */
  readonly started: number;
  /** Listeners on the window and the document. */
  readonly listeners: number;
  readonly gpuDevices: number;
}

/** A notebook's page with the renderer in it, as VS Code has it: an element for each output. */
export interface NotebookPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  show(id: string, mime: string, value: string | Uint8Array): Promise<void>;
  /** As VS Code does when an output is cleared or its cell runs again. */
  clear(id?: string): Promise<void>;
  alive(): Promise<Alive>;
  /** Names of the files that the page downloaded. */
  downloads(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A model of test/fixtures in the envelope that the Python helper makes. */
export function inline(path: string, name = 'net.onnx'): string {
  return JSON.stringify({ name, format: 'onnx', bytes: Buffer.from(fixtureBytes(path)).toString('base64') });
}

/** A part of an output's screen. */
export function part({ page }: NotebookPage, output: string, testId: string): Locator {
  return page.locator(`#${output} [data-testid="${testId}"]`);
}

let served: Promise<string> | undefined;
let pages = 0;

export async function openNotebook(options: NotebookOptions = {}): Promise<NotebookPage> {
  const { browser, server } = await stage();
  const { host = {}, trusted = true, theme = 'dark', width = 1000, strict = false } = options;
  served ??= serve();
  const folder = await served;
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const stop = host === null ? () => undefined : await answer(page, host);
  await page.addInitScript({ content: 'globalThis.__name = (named) => named;' });
  await page.addInitScript(watchPage);
  const html = notebookHtml({ theme, strict, script: `${folder}/renderer.js` });
  await page.goto(server.put(`/notebook${++pages}.html`, html));
  await page.evaluate(activate, { trusted, hasHost: host !== null });
  return {
    page,
    complaints,
    show: (id, mime, value) =>
      page.evaluate(show, { id, mime, value: typeof value === 'string' ? value : [...value] }),
    clear: (id) => page.evaluate(clear, id ?? null),
    alive: () => page.evaluate(() => (window as unknown as Notebook).replensAlive()),
    downloads: () => page.evaluate(() => (window as unknown as Notebook).replensDownloads),
    close: async () => {
      stop();
      await page.close();
    },
  };
}

/** The extension host's end of the channel, in this process. */
async function answer(page: Page, methods: HostMethods): Promise<() => void> {
  const listeners = new Set<(message: unknown) => void>();
  await page.exposeFunction('replensToHost', (message: unknown) => listeners.forEach((one) => one(message)));
  const hello = (): { strings: Record<string, string>; language: string } => ({
    strings: {},
    language: 'en',
  });
  const port = chunkedPort({
    post: (message) => {
      const send = (data: unknown): void => (window as unknown as Notebook).replensReceive(data);
      void page.evaluate(send, message).catch(() => undefined);
    },
    listen: (receive) => {
      listeners.add(receive);
      return () => listeners.delete(receive);
    },
  });
  const rpc = openRpc(port, { hello, ...methods } as object);
  return () => rpc.dispose();
}

interface Notebook {
  replensAlive(): Alive;
  replensDownloads: string[];
  replensToHost(message: unknown): void;
  replensReceive(message: unknown): void;
  replensModule: Promise<{ activate(context: object): Notebook['replensApi'] }>;
  replensApi: {
    renderOutputItem(item: object, element: HTMLElement, signal: AbortSignal): void;
    disposeOutputItem(id?: string): void;
  };
}

/** Runs in the page before its scripts: counts what could leak. */
function watchPage(): void {
  const page = window as unknown as Notebook & { Worker: typeof Worker };
  const workers = new Set<Worker>();
  let started = 0;
  let gpuDevices = 0;
  const listeners = new Map<EventTarget, Set<unknown>>([
    [window, new Set()],
    [document, new Set()],
  ]);
  page.Worker = class extends Worker {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given);
      started += 1;
      workers.add(this);
    }
    override terminate(): void {
      workers.delete(this);
      super.terminate();
    }
  };
  for (const [target, known] of listeners) {
    const { addEventListener, removeEventListener } = target;
    target.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      known.add(given[1]);
      addEventListener.apply(target, given);
    };
    target.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      known.delete(given[1]);
      removeEventListener.apply(target, given);
    };
  }
  const adapter = (globalThis as { GPUAdapter?: { prototype: { requestDevice(): unknown } } }).GPUAdapter;
  const request = adapter?.prototype.requestDevice;
  if (adapter !== undefined && request !== undefined)
    adapter.prototype.requestDevice = function (...given: []) {
      gpuDevices += 1;
      return request.apply(this, given);
    };
  page.replensDownloads = [];
  window.addEventListener('click', (event) => {
    const link = event.composedPath()[0];
    if (link instanceof HTMLAnchorElement && link.download !== '') page.replensDownloads.push(link.download);
  });
  page.replensAlive = () => ({
    workers: workers.size,
    started,
    listeners: [...listeners.values()].reduce((sum, known) => sum + known.size, 0),
    gpuDevices,
  });
}

/** Runs in the page: what VS Code does with a renderer. */
async function activate(options: { trusted: boolean; hasHost: boolean }): Promise<void> {
  const page = window as unknown as Notebook;
  const { trusted, hasHost } = options;
  const listeners = new Set<(message: unknown) => void>();
  page.replensReceive = (message) => listeners.forEach((listener) => listener(message));
  const messaging = {
    postMessage: (message: unknown) => page.replensToHost(message),
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
  const module = await page.replensModule;
  page.replensApi = module.activate({ workspace: { isTrusted: trusted }, ...(hasHost ? messaging : {}) });
}

function show(output: { id: string; mime: string; value: string | number[] }): void {
  const { id, mime, value } = output;
  const element = document.getElementById(id) ?? document.createElement('div');
  element.id = id;
  element.className = 'output_container';
  document.querySelector('main')?.append(element);
  const data = typeof value === 'string' ? new TextEncoder().encode(value) : Uint8Array.from(value);
  const item = { id, mime, data: () => data, text: () => new TextDecoder().decode(data) };
  const { signal } = new AbortController();
  (window as unknown as Notebook).replensApi.renderOutputItem(item, element, signal);
}

function clear(id: string | null): void {
  const { replensApi } = window as unknown as Notebook;
  if (id === null) replensApi.disposeOutputItem();
  else replensApi.disposeOutputItem(id);
  for (const element of document.querySelectorAll(id === null ? '.output_container' : `#${CSS.escape(id)}`))
    element.remove();
}

interface PageOptions {
  readonly theme: ThemeName;
  readonly strict: boolean;
  readonly script: string;
}

/** Builds what the renderer is made of and puts it on the server as it lies in `dist`. */
async function serve(): Promise<string> {
  const { server } = await stage();
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    minify: true,
    keepNames: true,
    write: false,
    logLevel: 'warning',
  } as const;
  const [renderer, scripts, runner] = await Promise.all([
    build({
      ...common,
      entryPoints: { renderer: 'webview-ui/renderer/renderer.ts' },
      format: 'esm',
      splitting: true,
      outdir: '/',
      chunkNames: 'renderer/[name]-[hash]',
    }),
    build({
      ...common,
      entryPoints: {
        modelWorker: 'src/worker/webWorker.ts',
        editor: 'webview-ui/editor/main.tsx',
        report: 'webview-ui/report/main.tsx',
        elk: 'webview-ui/shared/elk.ts',
        renderer: 'webview-ui/renderer/renderer.css',
      },
      format: 'iife',
      outdir: '/webview',
      define: { ...common.define, 'import.meta.url': 'document.currentScript.src' },
    }),
    build({
      ...common,
      entryPoints: { runnerWorker: 'src/worker/runnerWorker.ts' },
      format: 'iife',
      outdir: '/webview',
      define: { ...common.define, 'import.meta.url': '"blob:runner"' },
    }),
  ]);
  for (const { path, contents } of [...renderer.outputFiles, ...scripts.outputFiles, ...runner.outputFiles])
    server.put(`/dist${path}`, contents);
  const wasm = 'ort-wasm-simd-threaded.asyncify.wasm';
  const file = join(root, 'node_modules/onnxruntime-web/dist', wasm);
  return server.put(`/dist/ort/${wasm}`, new Uint8Array(readFileSync(file))).replace(`/ort/${wasm}`, '');
}

function notebookHtml({ theme, strict, script }: PageOptions): string {
  const policy =
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self'; child-src https: data:";
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    ${strict ? `<meta http-equiv="Content-Security-Policy" content="${policy}" />` : ''}
    <title>Notebook</title>
    <style id="theme">${themeCss(theme)}</style>
    <style>body { margin: 0; padding: 12px 16px; background: var(--vscode-editor-background); color: var(--vscode-foreground); font: 13px sans-serif; }</style>
  </head>
  <body class="${themeClass(theme)}"><main><h1>A notebook</h1></main>
  <script type="module">window.replensModule = import("${script}");</script></body>
</html>`;
}
