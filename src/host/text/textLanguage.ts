import * as vscode from 'vscode';
import type { TextIndex, Place } from '../../core/view/text/textIndex';
import type { TextDocuments } from './textDocuments';
import { textSymbols } from './textSymbols';
import { TEXT_LANGUAGE, TEXT_SCHEME } from './textUri';

/** Definition, references, highlights, hover, folding and outline of a model's text. */
export function registerTextLanguage(documents: TextDocuments): vscode.Disposable {
  const selector = { scheme: TEXT_SCHEME, language: TEXT_LANGUAGE };
  const places = async ({ uri }: vscode.TextDocument, at: vscode.Position): Promise<readonly Place[]> => {
    const index = await documents.index(uri);
    const place = index?.at(at.line, at.character);
    return index && place ? index.occurrences(place.value) : [];
  };
  return vscode.Disposable.from(
    vscode.languages.registerDefinitionProvider(selector, {
      provideDefinition: async (document, at) =>
        located(
          document.uri,
          (await places(document, at)).filter(({ defined }) => defined),
        ),
    }),
    vscode.languages.registerReferenceProvider(selector, {
      provideReferences: async (document, at, { includeDeclaration }) =>
        located(
          document.uri,
          (await places(document, at)).filter(({ defined }) => includeDeclaration || !defined),
        ),
    }),
    vscode.languages.registerDocumentHighlightProvider(selector, {
      provideDocumentHighlights: async (document, at) =>
        (await places(document, at)).map(
          (place) =>
            new vscode.DocumentHighlight(
              rangeOf(place),
              place.defined ? vscode.DocumentHighlightKind.Write : vscode.DocumentHighlightKind.Read,
            ),
        ),
    }),
    vscode.languages.registerHoverProvider(selector, {
      provideHover: async ({ uri }, at) => {
        const index = await documents.index(uri);
        return index === null ? null : hover(index, at);
      },
    }),
    vscode.languages.registerFoldingRangeProvider(selector, {
      provideFoldingRanges: async ({ uri }) => foldings(await documents.index(uri)),
    }),
    vscode.languages.registerDocumentSymbolProvider(selector, {
      provideDocumentSymbols: async ({ uri }) => {
        const index = await documents.index(uri);
        return index === null ? [] : textSymbols(index.text);
      },
    }),
  );
}

function located(uri: vscode.Uri, places: readonly Place[]): vscode.Location[] {
  return places.map((place) => new vscode.Location(uri, rangeOf(place)));
}

function rangeOf({ line, column, end }: Place): vscode.Range {
  return new vscode.Range(line, column, line, end);
}

/** A value's type and name, who makes it and how many read it. */
function hover(index: TextIndex, at: vscode.Position): vscode.Hover | null {
  const place = index.at(at.line, at.character);
  if (place === null) return null;
  const { names, types, nodes } = index.text;
  const all = index.occurrences(place.value);
  const made = all.find(({ defined }) => defined);
  const maker = nodes.find(({ line }) => line === made?.line);
  const readers = all.filter(({ defined }) => !defined).length;
  const contents = new vscode.MarkdownString();
  const type = types[place.value] === '' ? vscode.l10n.t('shape not known') : types[place.value];
  contents.appendCodeblock(`${type ?? ''} ${names[place.value] ?? ''}`, TEXT_LANGUAGE);
  const reads = vscode.l10n.t('used {0}×', readers);
  contents.appendText(
    maker === undefined ? reads : `${vscode.l10n.t('made by {0} {1}', maker.opType, maker.name)}, ${reads}`,
  );
  return new vscode.Hover(contents, rangeOf(place));
}

function foldings(index: TextIndex | null): vscode.FoldingRange[] {
  return (index?.text.folds ?? [])
    .map(({ kind, first, last }) => {
      // the brace that closes a graph stays in sight
      const end = kind === 'graph' || kind === 'function' ? last - 1 : last;
      return new vscode.FoldingRange(
        first,
        end,
        kind === 'module' ? undefined : vscode.FoldingRangeKind.Region,
      );
    })
    .filter(({ start, end }) => end > start);
}
