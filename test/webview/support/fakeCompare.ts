import type { Detection } from '../../../src/core/detect/detect';
import { compareModels } from '../../../src/core/view/compare/compareModels';
import { modelMap } from '../../../src/core/view/map/modelMap';
import type { CompareHostMethods, CompareState, CompareViewMethods } from '../../../src/protocol/compare';
import type { Browser } from './playwright';
import type { TestServer } from './server';
import type { ThemeName } from './themes';
import { openWebview, type Webview } from './webview';

/** The extension host of the comparison, over models that core really opened. */
export interface FakeCompare extends Webview<CompareViewMethods> {
  /** Calls that do something, in order. */
  readonly calls: readonly (readonly [string, unknown])[];
  show(state: CompareState): Promise<void>;
}

export function compareState(left: Detection, right: Detection): CompareState & { readonly status: 'ready' } {
  const names = { left: 'train.onnx', right: 'deploy.onnx' };
  return { ...names, status: 'ready', view: compareModels(left, right), verdict: null, job: null };
}

export interface FakeCompareOptions {
  readonly theme?: ThemeName;
  /** The first state; ready when left out. */
  readonly first?: CompareState;
  readonly width?: number;
  readonly height?: number;
}

export async function openCompare(
  { browser, server }: { readonly browser: Browser; readonly server: TestServer },
  models: { readonly left: Detection; readonly right: Detection },
  { theme = 'dark', first, width = 1400, height = 900 }: FakeCompareOptions = {},
): Promise<FakeCompare> {
  const calls: (readonly [string, unknown])[] = [];
  const handlers: CompareHostMethods = {
    ready: () => first ?? compareState(models.left, models.right),
    map: ({ side, open }) => Promise.resolve(modelMap(models[side], open === null ? null : new Set(open))),
    reveal: (params) => void calls.push(['reveal', params]),
    explain: (params) => {
      calls.push(['explain', params]);
      return Promise.resolve();
    },
    reload: (params) => void calls.push(['reload', params]),
  };
  const url = server.page('compare', theme);
  const webview = await openWebview<CompareHostMethods, CompareViewMethods>(browser, handlers, {
    url,
    width,
    height,
  });
  return { ...webview, calls, show: async (state) => void (await webview.rpc.call('state', state)) };
}
