import * as vscode from 'vscode';
import { TextIndex } from '../../core/view/text/textIndex';
import type { ModelSelection } from '../../protocol/editor';
import type { Result } from '../../protocol/vocabulary';
import type { ModelService } from '../modelService';
import { watchFile } from '../watchFile';
import { TEXT_LANGUAGE, TEXT_SCHEME, modelOfText, textUri } from './textUri';
import { modelKey } from '../modelKey';

interface OpenText {
  reading: Promise<Result<TextIndex>>;
  readonly watcher: vscode.Disposable;
}

/** Models as virtual read-only documents in ONNX's textual syntax, read again when the file changes. */
export class TextDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #open = new Map<string, OpenText>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #models = new vscode.EventEmitter<vscode.Uri>();
  /** A model's text was opened, read (again) or closed. */
  readonly onDidChangeModel = this.#models.event;
  readonly #subscription = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#close(uri));
  readonly onDidChange = this.#changed.event;

  constructor(private readonly models: ModelService) {}

  /** Shows a model as text, and a line of it if one is named. */
  async show(model: vscode.Uri, line?: number): Promise<void> {
    const uri = textUri(model);
    const known = this.#open.get(uri.toString());
    // VS Code may have kept the document of a file that was another one when somebody last looked
    if (known !== undefined) await this.#readAgain(uri, model, known);
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.languageId !== TEXT_LANGUAGE)
      await vscode.languages.setTextDocumentLanguage(document, TEXT_LANGUAGE);
    const selection = line === undefined ? undefined : new vscode.Range(line, 0, line, 0);
    await vscode.window.showTextDocument(document, {
      preview: false,
      ...(selection === undefined ? {} : { selection }),
    });
  }

  /** Reads a model again whose text is open, though its file is the same. */
  async refresh(model: vscode.Uri): Promise<void> {
    const uri = textUri(model);
    const known = this.#open.get(uri.toString());
    if (known !== undefined) await this.#readAgain(uri, model, known);
  }

  /** Opens a model as text where what was chosen of it stands; at its beginning if nothing was. */
  async showSelection(model: vscode.Uri, selection: ModelSelection | null): Promise<void> {
    await this.show(model);
    if (selection === null) return;
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.uri.toString() === textUri(model).toString()) await this.#select(editor, selection);
  }

  /** Selects what was chosen of a model in the editors that show its text; no editor opens, none gets the focus. */
  async select(model: vscode.Uri, selection: ModelSelection): Promise<void> {
    const uri = textUri(model).toString();
    for (const editor of vscode.window.visibleTextEditors)
      if (editor.document.uri.toString() === uri) await this.#select(editor, selection);
  }

  async #select(editor: vscode.TextEditor, selection: ModelSelection): Promise<void> {
    const index = await this.index(editor.document.uri);
    const selections = (index?.linesOf(selection) ?? []).map(
      ({ first, last }) => new vscode.Selection(last, 10_000, first, 0),
    );
    const [whole] = selections;
    if (whole === undefined) return;
    editor.selections = selections;
    editor.revealRange(whole, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const read = await this.#opened(uri)?.reading;
    if (read === undefined) return '';
    return read.ok ? read.value.text.text : `# ${read.problem.message}\n`;
  }

  /** Whether somebody has the text of a model open. */
  isOpen(model: vscode.Uri): boolean {
    return this.#open.has(textUri(model).toString());
  }

  /** What stands where in a text; null where the model could not be read, which the text says. */
  async index(uri: vscode.Uri): Promise<TextIndex | null> {
    const read = await this.#opened(uri)?.reading;
    return read?.ok === true ? read.value : null;
  }

  #opened(uri: vscode.Uri): OpenText | undefined {
    const model = modelOfText(uri);
    const known = this.#open.get(uri.toString());
    if (model === null || known !== undefined) return known;
    const opened: OpenText = {
      reading: this.#read(model),
      watcher: watchFile(model, () => void this.#readAgain(uri, model, opened)),
    };
    this.#open.set(uri.toString(), opened);
    this.#models.fire(model);
    return opened;
  }

  async #readAgain(uri: vscode.Uri, model: vscode.Uri, opened: OpenText): Promise<void> {
    opened.reading = this.#read(model);
    await opened.reading;
    this.#changed.fire(uri);
    this.#models.fire(model);
  }

  dispose(): void {
    for (const { watcher } of this.#open.values()) watcher.dispose();
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#models.dispose();
  }

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(TEXT_SCHEME, this);
  }

  async #read(model: vscode.Uri): Promise<Result<TextIndex>> {
    const read = await this.models.text(modelKey(model));
    return read.ok ? { ok: true, value: new TextIndex(read.value) } : read;
  }

  #close(uri: vscode.Uri): void {
    this.#open.get(uri.toString())?.watcher.dispose();
    this.#open.delete(uri.toString());
    const model = modelOfText(uri);
    if (model !== null) this.#models.fire(model);
  }
}
