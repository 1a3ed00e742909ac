import * as vscode from 'vscode';
import {
  epsText,
  parseEps,
  withIdentity,
  type AssumptionQuestions,
  type Assumptions,
} from './assumptionQuestions';
import { fileName } from './files';

interface Choice extends vscode.QuickPickItem {
  /** null: the person would rather not. */
  ask(): Promise<Assumptions | null>;
}

/**
 * Asks what a checkpoint does not say, one thing at a time. @param block whose identity it is about; null: the person chooses.
 * @returns all that is said of it now; null when the person cancels.
 */
export async function askAssumptions(
  uri: vscode.Uri,
  questions: AssumptionQuestions,
  said: Assumptions,
  block: string | null,
): Promise<Assumptions | null> {
  const { identities } = questions;
  if (block !== null && identities.has(block)) return askIdentity(questions, said, block);
  const choices: Choice[] = [
    ...(questions.eps.length === 0 ? [] : [epsChoice(uri, questions, said)]),
    ...(identities.size > 1 ? [identityChoice(questions, said, '')] : []),
    ...[...identities.keys()].map((name) => identityChoice(questions, said, name)),
    ...(saidAnything(said)
      ? [{ label: vscode.l10n.t('Take back all that was said'), ask: () => Promise.resolve({}) }]
      : []),
  ];
  const [only] = choices;
  if (only === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} has no block of which anything else could be assumed.', fileName(uri)),
    );
    return null;
  }
  const chosen =
    choices.length === 1
      ? only
      : await vscode.window.showQuickPick(choices, {
          title: vscode.l10n.t('What {0} does not say', fileName(uri)),
          ignoreFocusOut: true,
        });
  return (await chosen?.ask()) ?? null;
}

function saidAnything({ bnEps, identity = {} }: Assumptions): boolean {
  return bnEps !== undefined || Object.keys(identity).length > 0;
}

function epsChoice(uri: vscode.Uri, { eps }: AssumptionQuestions, said: Assumptions): Choice {
  const byNames = eps.map(epsText).join(', ');
  return {
    label: vscode.l10n.t('BN eps'),
    description:
      said.bnEps === undefined
        ? vscode.l10n.t('{0}, by the names', byNames)
        : vscode.l10n.t('{0}, as given', epsText(said.bnEps)),
    ask: async () => {
      const answer = await vscode.window.showInputBox({
        title: vscode.l10n.t('BN eps of {0}', fileName(uri)),
        prompt: vscode.l10n.t(
          'A checkpoint does not hold it, and the merged weights depend on it. Leave it empty for {0}, which the names tell.',
          byNames,
        ),
        value: said.bnEps === undefined ? '' : epsText(said.bnEps),
        placeHolder: byNames,
        ignoreFocusOut: true,
        validateInput: (text) =>
          parseEps(text) === null
            ? vscode.l10n.t(
                '"{0}" is no eps; write a number from 0 up to below 1, such as 1e-3.',
                text.trim(),
              )
            : undefined,
      });
      const value = answer === undefined ? null : parseEps(answer);
      if (value === null) return null;
      const { identity = {} } = said;
      return { identity, ...(value === undefined ? {} : { bnEps: value }) };
    },
  };
}

function identityChoice(questions: AssumptionQuestions, said: Assumptions, block: string): Choice {
  const { identity = {} } = said;
  const given = identity[block];
  const assumed = block === '' ? undefined : (questions.identities.get(block) ?? null);
  return {
    label: identityTitle(questions, block),
    description:
      given === undefined ? assumedText(assumed) : vscode.l10n.t('{0}, as given', thereText(given)),
    ask: () => askIdentity(questions, said, block),
  };
}

async function askIdentity(
  questions: AssumptionQuestions,
  said: Assumptions,
  block: string,
): Promise<Assumptions | null> {
  const unsaid = assumedText(block === '' ? undefined : questions.identities.get(block));
  const answers = [
    { label: vscode.l10n.t('Yes, it is there'), isThere: true },
    { label: vscode.l10n.t('No, it is not there'), isThere: false },
    { label: vscode.l10n.t('I don’t say'), description: unsaid, isThere: null },
  ];
  const answer = await vscode.window.showQuickPick(answers, {
    title: identityTitle(questions, block),
    placeHolder: vscode.l10n.t('It has no entry in the file, and the merged weights depend on it.'),
    ignoreFocusOut: true,
  });
  return answer === undefined ? null : withIdentity(said, block, answer.isThere);
}

function identityTitle({ identities }: AssumptionQuestions, block: string): string {
  return block === ''
    ? vscode.l10n.t('Identity branch of all {0} blocks', identities.size)
    : vscode.l10n.t('Identity branch of {0}', block);
}

/** @param assumed by the names; null: they don't tell; undefined: each block has its own. */
function assumedText(assumed: boolean | null | undefined): string {
  if (assumed === undefined) return vscode.l10n.t('each as its names tell');
  if (assumed === null) return vscode.l10n.t('not known, so the block stays as it is');
  return vscode.l10n.t('{0}, by the names', thereText(assumed));
}

function thereText(isThere: boolean): string {
  return isThere ? vscode.l10n.t('there') : vscode.l10n.t('not there');
}
