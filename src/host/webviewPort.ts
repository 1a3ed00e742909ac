import type * as vscode from 'vscode';
import type { Port } from '../protocol/rpc';

/** The channel to a webview. */
export function webviewPort(webview: vscode.Webview): Port {
  return {
    // not there (hidden, closed): the call's time-out or the channel's end settles it
    post: (message) => void Promise.resolve(webview.postMessage(message)).catch(() => undefined),
    listen: (receive) => {
      const subscription = webview.onDidReceiveMessage(receive);
      return () => subscription.dispose();
    },
  };
}
