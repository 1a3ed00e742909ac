import type { RunnerAssets } from '../../../src/protocol/bootstrap';
import type { ReportHostMethods, ReportViewMethods, VerifyJob } from '../../../src/protocol/report';
import type { Browser } from './playwright';
import type { TestServer } from './server';
import type { ThemeName } from './themes';
import { openWebview, type Webview } from './webview';

/** The extension host of the runner view. */
export interface FakeReport extends Webview<ReportViewMethods> {
  /** What the view told the host, in order; progress left out. */
  readonly calls: readonly (readonly [keyof ReportHostMethods, unknown])[];
  readonly progress: readonly { readonly id: number; readonly fraction: number; readonly label: string }[];
  /** Resolves when the view has called a method; with what it said. */
  told<K extends keyof ReportHostMethods>(method: K): Promise<Parameters<ReportHostMethods[K]>[0]>;
}

export interface FakeReportOptions {
  readonly theme?: ThemeName;
  readonly runner?: RunnerAssets | null;
  readonly remembered?: unknown;
  readonly width?: number;
  readonly height?: number;
}

export async function openReport(
  { browser, server }: { readonly browser: Browser; readonly server: TestServer },
  options: FakeReportOptions = {},
): Promise<FakeReport> {
  const calls: [keyof ReportHostMethods, unknown][] = [];
  const progress: { id: number; fraction: number; label: string }[] = [];
  const waiting: { readonly method: string; resolve(params: unknown): void }[] = [];
  const note = (method: keyof ReportHostMethods, params: unknown): void => {
    calls.push([method, params]);
    for (const one of waiting) if (one.method === method) one.resolve(params);
  };
  const handlers: ReportHostMethods = {
    ready: (params) => note('ready', params),
    progress: (params) => void progress.push(params),
    finished: (params) => note('finished', params),
    failed: (params) => note('failed', params),
    benched: (params) => note('benched', params),
    revealBlock: (params) => note('revealBlock', params),
    save: (params) => {
      note('save', params);
      return Promise.resolve(true);
    },
  };
  const { theme = 'dark', runner = null, remembered, width = 1200, height = 800 } = options;
  const webview = await openWebview<ReportHostMethods, ReportViewMethods>(browser, handlers, {
    url: server.page('report', theme, { runner }),
    state: remembered,
    width,
    height,
  });
  return {
    ...webview,
    calls,
    progress,
    told: (method) => {
      const said = calls.find(([name]) => name === method);
      if (said !== undefined) return Promise.resolve(said[1] as never);
      return new Promise((resolve) =>
        waiting.push({ method, resolve: (params) => resolve(params as never) }),
      );
    },
  };
}

/** A job over files of the test server. */
export function jobOf(original: string, fused: string, change: Partial<VerifyJob> = {}): VerifyJob {
  return {
    id: 1,
    original: { fileName: 'model.onnx', uri: original, companions: {} },
    fused: { fileName: 'model.fused.onnx', uri: fused, companions: {} },
    webgpu: true,
    samples: 2,
    seed: 1,
    sizes: {},
    inputs: { chosen: [], beside: [], pixels: 'unit' },
    ...change,
  };
}
