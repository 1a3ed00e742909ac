import * as vscode from 'vscode';
import type { OnnxText } from '../../core/view/text/onnxText';

/** The outline: graphs and functions, in them modules, in those nodes. */
export function textSymbols({ folds, nodes }: OnnxText): vscode.DocumentSymbol[] {
  const roots: vscode.DocumentSymbol[] = [];
  const around: vscode.DocumentSymbol[] = [];
  const items = [
    ...folds
      .filter(({ kind }) => kind !== 'weights')
      .map(({ kind, name, first, last }) => ({ kind, name, detail: '', first, last })),
    ...nodes.map(({ name, opType, line }) => ({
      kind: 'node' as const,
      name,
      detail: opType,
      first: line,
      last: line,
    })),
    // an outer one before what it holds, a node before the graphs among its attributes
  ].sort(
    (a, b) => a.first - b.first || Number(b.kind === 'node') - Number(a.kind === 'node') || b.last - a.last,
  );
  for (const { kind, name, detail, first, last } of items) {
    const symbol = new vscode.DocumentSymbol(
      name === '' ? vscode.l10n.t('graph') : name,
      detail,
      KINDS[kind],
      new vscode.Range(first, 0, last, Number.MAX_SAFE_INTEGER),
      new vscode.Range(first, 0, first, 0),
    );
    while (around.length > 0 && (around.at(-1)?.range.end.line ?? 0) < last) around.pop();
    (around.at(-1)?.children ?? roots).push(symbol);
    if (last > first) around.push(symbol);
  }
  return roots;
}

const KINDS = {
  graph: vscode.SymbolKind.Class,
  function: vscode.SymbolKind.Function,
  module: vscode.SymbolKind.Module,
  weights: vscode.SymbolKind.Array,
  node: vscode.SymbolKind.Operator,
} as const;
