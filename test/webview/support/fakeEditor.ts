import type { Detection } from '../../../src/core/detect/detect';
import type { ProblemCode } from '../../../src/core/result';
import { raise } from '../../../src/core/result';
import { blockGraph } from '../../../src/core/view/blockGraph';
import { wholeFold } from '../../../src/core/view/fold';
import { foldPair } from '../../../src/core/view/foldPair';
import { findInMap, modelMap } from '../../../src/core/view/map/modelMap';
import { modelView } from '../../../src/core/view/modelView';
import { nodeView, tensorView } from '../../../src/core/view/nodeView';
import type {
  EditorHostMethods,
  EditorState,
  EditorViewMethods,
  ModelSelection,
} from '../../../src/protocol/editor';
import type { Browser } from './playwright';
import type { TestServer } from './server';
import type { ThemeName } from './themes';
import { openWebview, type Webview } from './webview';

/** The extension host of the model editor, over a model that core really opened. */
export interface FakeEditor extends Webview<EditorViewMethods> {
  /** Calls that change something, in order. */
  readonly calls: readonly (readonly [string, unknown])[];
  /** Methods that were asked for something, in order. */
  readonly asked: readonly string[];
  /** Nodes that the person chose. */
  readonly selected: readonly string[];
  /** All that the person chose, blocks as well. */
  readonly selections: readonly ModelSelection[];
  /** Sends a new state. */
  show(state: EditorState): Promise<void>;
}

export interface FakeEditorOptions {
  readonly theme?: ThemeName;
  /** The first state; ready when left out. */
  readonly first?: EditorState;
  readonly remembered?: unknown;
  readonly width?: number;
  readonly height?: number;
  readonly strings?: Readonly<Record<string, string>>;
  readonly language?: string;
  /** Folds are answered once it resolves. */
  readonly foldGate?: Promise<void>;
  /** Methods that answer with this problem. */
  readonly failing?: Partial<Record<keyof EditorHostMethods, string>>;
}

let revisions = 0;

export function readyState(
  detection: Detection,
  fileName: string,
): EditorState & { readonly status: 'ready' } {
  return {
    status: 'ready',
    fileName,
    view: modelView(detection),
    revision: ++revisions,
    job: null,
    verdict: null,
    verdicts: [],
  };
}

export async function openEditor(
  { browser, server }: { readonly browser: Browser; readonly server: TestServer },
  detection: Detection,
  options: FakeEditorOptions = {},
): Promise<FakeEditor> {
  const calls: (readonly [string, unknown])[] = [];
  const selected: string[] = [];
  const selections: ModelSelection[] = [];
  const asked: string[] = [];
  const check = (method: keyof EditorHostMethods): void => {
    asked.push(method);
    const message = options.failing?.[method];
    if (message !== undefined) raise('failed' satisfies ProblemCode, message);
  };
  const note = async (method: keyof EditorHostMethods, params: unknown): Promise<void> => {
    calls.push([method, params]);
    check(method);
    await Promise.resolve();
  };
  const handlers: EditorHostMethods = {
    ready: () => {
      check('ready');
      return options.first ?? readyState(detection, 'model.onnx');
    },
    blockGraph: async ({ id }) => {
      check('blockGraph');
      return Promise.resolve(blockGraph(detection, id));
    },
    node: async ({ name }) => {
      check('node');
      return Promise.resolve(nodeView(detection, name));
    },
    tensor: async ({ name }) => {
      check('tensor');
      return Promise.resolve(tensorView(detection, name));
    },
    map: async ({ open }) => {
      check('map');
      return Promise.resolve(modelMap(detection, open === null ? null : new Set(open)));
    },
    findInMap: async ({ text }) => Promise.resolve(findInMap(detection, text)),
    fold: async ({ id }) => {
      check('fold');
      await options.foldGate;
      return wholeFold(detection, id);
    },
    foldPair: async (pair) => {
      check('foldPair');
      return Promise.resolve(foldPair(detection, pair));
    },
    savePicture: async (params) => {
      await note('savePicture', params);
      return true;
    },
    select: (selection) => {
      selections.push(selection);
      if (selection.node !== null) selected.push(selection.node);
    },
    fuse: (params) => note('fuse', params),
    verify: (params) => note('verify', params),
    openModels: (params) => note('openModels', params),
    setShapes: () => {
      calls.push(['setShapes', null]);
      return Promise.resolve();
    },
    setAssumptions: (params) => note('setAssumptions', params),
    cancelJob: (params) => void note('cancelJob', params),
    reload: (params) => void note('reload', params),
  };
  const { theme = 'dark', strings = {}, language = 'en', remembered, width = 1200, height = 800 } = options;
  const url = server.page('editor', theme, { strings, language });
  const webview = await openWebview<EditorHostMethods, EditorViewMethods>(browser, handlers, {
    url,
    state: remembered,
    width,
    height,
  });
  return {
    ...webview,
    calls,
    asked,
    selected,
    selections,
    show: async (state) => {
      await webview.rpc.call('state', state);
    },
  };
}
