import * as vscode from 'vscode';
import type { EditorHostMethods, EditorViewMethods, ModelSelection } from '../protocol/editor';
import { openRpc, type Handlers } from '../protocol/rpc';
import { unwrap } from '../protocol/vocabulary';
import { MODEL_EDITOR, OPTIONAL_EDITOR, fileName } from './files';
import { ModelDocument } from './modelDocument';
import type { ModelService } from './modelService';
import type { ModelSession } from './modelSession';
import type { ModelSessions } from './modelSessions';
import { savePicture } from './savePicture';
import { assetsFolder, webviewPage } from './webviewPage';
import { webviewPort } from './webviewPort';
import { modelKey } from './modelKey';

export interface EditorActions {
  fuse(uri: vscode.Uri, ids: readonly string[] | null): Promise<void>;
  verify(uri: vscode.Uri): Promise<void>;
  /** Asks for the shapes of a model's inputs. */
  setShapes(uri: vscode.Uri): Promise<void>;
  /** Asks for what a checkpoint does not say. */
  setAssumptions(uri: vscode.Uri, block: string | null): Promise<void>;
  /** Opens what was dropped on an editor, by its addresses. */
  open(uris: readonly string[]): Promise<void>;
  /** Shows elsewhere what was chosen here. */
  select(uri: vscode.Uri, selection: ModelSelection): Promise<void>;
}

/** A hidden webview hears nothing; it asks for the state when it is shown again. */
const PUSH_TIMEOUT = 10_000;

/** The editor for models: read-only, any number of views on one file. */
export class ModelEditorProvider implements vscode.CustomReadonlyEditorProvider<ModelDocument> {
  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly models: ModelService,
    private readonly sessions: ModelSessions,
    private readonly actions: EditorActions,
  ) {}

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      ...[MODEL_EDITOR, OPTIONAL_EDITOR].map((viewType) =>
        vscode.window.registerCustomEditorProvider(viewType, this, {
          supportsMultipleEditorsPerDocument: true,
        }),
      ),
    );
  }

  openCustomDocument(uri: vscode.Uri): ModelDocument {
    const session = this.sessions.open(uri);
    void session.load();
    return new ModelDocument(session, () => this.sessions.close(session));
  }

  resolveCustomEditor({ session }: ModelDocument, { webview, onDidDispose }: vscode.WebviewPanel): void {
    webview.options = { enableScripts: true, localResourceRoots: [assetsFolder(this.extensionUri)] };
    const reveal = async (id: string): Promise<void> => {
      const shown = await view.call('reveal', { id }, { timeout: PUSH_TIMEOUT });
      if (shown.ok && session.wanted === id) session.wanted = null;
    };
    const view = openRpc<Handlers<EditorHostMethods>, EditorViewMethods>(webviewPort(webview), {
      ...this.#handlers(session),
      ready: () => {
        const { wanted } = session;
        // after the state, which this call returns
        if (wanted !== null) setTimeout(() => void reveal(wanted), 0);
        return session.state;
      },
    });
    const subscriptions = [
      session.onDidChange((state) => void view.call('state', state, { timeout: PUSH_TIMEOUT })),
      session.onDidReveal((id) => void reveal(id)),
    ];
    onDidDispose(() => {
      view.dispose();
      for (const subscription of subscriptions) subscription.dispose();
    });
    webview.html = webviewPage(webview, {
      title: fileName(session.uri),
      screen: 'editor',
      extensionUri: this.extensionUri,
    });
  }

  #handlers(session: ModelSession): Omit<Handlers<EditorHostMethods>, 'ready'> {
    const { models, actions } = this;
    const { uri } = session;
    const path = modelKey(uri);
    return {
      blockGraph: async ({ id }) => unwrap(await models.blockGraph(path, id)),
      node: async ({ name }) => unwrap(await models.node(path, name)),
      tensor: async ({ name }) => unwrap(await models.tensor(path, name)),
      fold: async ({ id }, { signal }) => unwrap(await models.fold(path, id, signal)),
      foldPair: async (pair) => unwrap(await models.foldPair(path, pair)),
      map: async ({ open }) => unwrap(await models.map(path, open)),
      findInMap: async ({ text }) => unwrap(await models.findInMap(path, text)),
      savePicture: (picture) => savePicture(uri, picture),
      select: (selection) => {
        session.chosen = selection;
        void actions.select(uri, selection);
      },
      fuse: ({ ids }) => actions.fuse(uri, ids),
      verify: () => actions.verify(uri),
      openModels: ({ uris }) => actions.open(uris),
      setShapes: () => actions.setShapes(uri),
      setAssumptions: ({ block }) => actions.setAssumptions(uri, block),
      cancelJob: () => session.cancelJob(),
      reload: () => void session.load(),
    };
  }
}
