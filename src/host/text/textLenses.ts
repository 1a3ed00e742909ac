import * as vscode from 'vscode';
import type { TextBlock } from '../../core/view/text/onnxText';
import { refusalWords } from '../refusalWords';
import type { TextDocuments } from './textDocuments';
import { modelOfText } from './textUri';

/** What commands are told of a block that is not in the active editor's webview. */
export interface BlockReference {
  readonly blockId: string;
  readonly model: vscode.Uri;
}

/** Over the first line of each block what can be done with it, over a near miss why nothing can. */
export class TextLenses implements vscode.CodeLensProvider {
  constructor(private readonly documents: TextDocuments) {}

  readonly onDidChangeCodeLenses: vscode.Event<void> = (listener, self, all) =>
    this.documents.onDidChange(() => listener.call(self), null, all);

  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const index = await this.documents.index(uri);
    const model = modelOfText(uri);
    if (index === null || model === null) return [];
    return index.text.blocks.flatMap((block) => lensesOf(block, model));
  }
}

function lensesOf(block: TextBlock, model: vscode.Uri): vscode.CodeLens[] {
  const range = new vscode.Range(block.line, 0, block.line, 0);
  const reference: BlockReference = { blockId: block.id, model };
  const lens = (title: string, command: string, argument: unknown, tooltip = ''): vscode.CodeLens =>
    new vscode.CodeLens(range, { title, tooltip, command, arguments: [argument] });
  const showGraph = lens(vscode.l10n.t('Show graph'), 'replens.showGraph', reference);
  if (block.refusal !== null) {
    const { code, message } = block.refusal;
    const title = vscode.l10n.t('Not fusable: {0}…', refusalWords(code) ?? code);
    return [lens(title, 'replens.openDocs', code, message), showGraph];
  }
  return [
    lens(fuseTitle(block), 'replens.fuseBlock', reference, block.family),
    lens(vscode.l10n.t('Verify'), 'replens.verifyBeside', model),
    showGraph,
  ];
}

function fuseTitle({ branches, merged }: TextBlock): string {
  return branches === 1
    ? vscode.l10n.t('Fuse into {0}', merged ?? '')
    : vscode.l10n.t('Fuse {0} branches → {1}', branches, merged ?? '');
}
