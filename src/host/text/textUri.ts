import * as vscode from 'vscode';

export const TEXT_SCHEME = 'replens-text';
export const TEXT_LANGUAGE = 'onnx-text';

/** The address of a model's text: its name says the language, its query the model. */
export function textUri(model: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({
    scheme: TEXT_SCHEME,
    path: `${model.path.replace(/\.onnx$/i, '')}.onnxtxt`,
    query: model.toString(),
  });
}

/** The model that a text is of; null for an address of another kind. */
export function modelOfText(text: vscode.Uri): vscode.Uri | null {
  return text.scheme === TEXT_SCHEME ? vscode.Uri.parse(text.query, true) : null;
}
