import * as vscode from 'vscode';
import type { OpenSize } from '../protocol/modelWorker';
import { formatSizes, parseSizes } from './sizesText';

/** Asks for the sizes that a model leaves open; remembers the answer for each file and symbol. */
export class SizesQuestion {
  constructor(private readonly memory: vscode.Memento) {}

  /** Sizes by symbol, empty without a question when all are fixed; null when the person cancels. */
  async ask(uri: vscode.Uri, open: readonly OpenSize[]): Promise<Readonly<Record<string, number>> | null> {
    if (open.length === 0) return {};
    const symbols = open.map(({ symbol }) => symbol);
    const proposed = Object.fromEntries(
      open.map(({ symbol, suggestion }) => [
        symbol,
        this.memory.get<number>(memoryKey(uri, symbol)) ?? suggestion,
      ]),
    );
    const inputs = new Set(open.map(({ input, shape }) => `${input} ${shape}`));
    const answer = await vscode.window.showInputBox({
      title: vscode.l10n.t('Sizes to verify with'),
      prompt: vscode.l10n.t('The model leaves sizes of its inputs open: {0}.', [...inputs].join(', ')),
      value: formatSizes(proposed),
      ignoreFocusOut: true,
      validateInput: (text) => problemText(parseSizes(text, symbols)),
    });
    if (answer === undefined) return null;
    const parsed = parseSizes(answer, symbols);
    if (!parsed.ok) return null;
    for (const [symbol, size] of Object.entries(parsed.sizes))
      await this.memory.update(memoryKey(uri, symbol), size);
    return parsed.sizes;
  }
}

function memoryKey(uri: vscode.Uri, symbol: string): string {
  return `size ${symbol} of ${uri.toString()}`;
}

function problemText(parsed: ReturnType<typeof parseSizes>): string | undefined {
  if (parsed.ok) return undefined;
  return parsed.missing !== null
    ? vscode.l10n.t('Give a size for {0}, such as {0} = 1.', parsed.missing)
    : vscode.l10n.t('"{0}" is no size; write a whole number from 1 on, such as N = 1.', parsed.wrong);
}
