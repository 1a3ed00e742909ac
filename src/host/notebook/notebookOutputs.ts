import * as vscode from 'vscode';
import { chunkedPort } from '../../protocol/chunkedPort';
import { RENDERER_ID } from '../../protocol/notebook';
import { openRpc, type Port } from '../../protocol/rpc';
import { notebookHandlers, type NotebookServices } from './notebookHandlers';

/** Answers the outputs of all notebooks. A notebook's editor is served from its first message on, until it is closed. */
export function openNotebookOutputs(services: NotebookServices): vscode.Disposable {
  const messaging = vscode.notebooks.createRendererMessaging(RENDERER_ID);
  const receivers = new WeakMap<vscode.NotebookEditor, (message: unknown) => void>();
  const serve = (editor: vscode.NotebookEditor): ((message: unknown) => void) => {
    const listeners = new Set<(message: unknown) => void>();
    const port: Port = {
      post: (message) => void messaging.postMessage(message, editor),
      listen: (receive) => {
        listeners.add(receive);
        return () => listeners.delete(receive);
      },
    };
    openRpc(chunkedPort(port), notebookHandlers(editor.notebook.uri, services));
    return (message) => listeners.forEach((receive) => receive(message));
  };
  return messaging.onDidReceiveMessage(({ editor, message }) => {
    const receive = receivers.get(editor) ?? serve(editor);
    receivers.set(editor, receive);
    receive(message);
  });
}
