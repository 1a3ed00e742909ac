import * as vscode from 'vscode';
import { PYTHON } from '../python/pythonModels';
import { TEXT_SCHEME } from '../text/textUri';
import { SOURCE, type Finding } from './finding';
import type { Problems } from './problems';

/** Fuse, Verify, Show Graph and the page of documentation, for what the Problems panel says. */
export function registerQuickFixes(problems: Problems): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    [{ scheme: TEXT_SCHEME }, ...PYTHON],
    {
      provideCodeActions: ({ uri }, range, { diagnostics }) => {
        const own = diagnostics.filter(({ source }) => source === SOURCE);
        if (own.length === 0) return [];
        return problems.at(uri, range).flatMap((finding) => fixesOf(finding, own));
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

function fixesOf(finding: Finding, diagnostics: readonly vscode.Diagnostic[]): readonly vscode.CodeAction[] {
  const { code, model, blockId, canFuse, message } = finding;
  const solved = diagnostics.filter((diagnostic) => diagnostic.message === message);
  const fix = (title: string, command: string, argument: unknown): vscode.CodeAction => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.command = { title, command, arguments: [argument] };
    action.diagnostics = [...solved];
    return action;
  };
  return [
    ...(canFuse
      ? [
          fix(vscode.l10n.t('Fuse the blocks that can be fused'), 'replens.fuse', model),
          fix(vscode.l10n.t('Verify the fused model'), 'replens.verifyBeside', model),
        ]
      : []),
    fix(
      vscode.l10n.t('Show the branch graph'),
      'replens.showGraph',
      blockId === null ? model : { blockId, model },
    ),
    fix(vscode.l10n.t('What “{0}” means', code), 'replens.openDocs', code),
  ];
}
