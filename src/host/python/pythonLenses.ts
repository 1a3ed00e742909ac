import * as vscode from 'vscode';
import { fileName } from '../files';
import { endingOf, isOftenWeights, isReadable } from '../modelEndings';
import type { HostPlatform } from '../hostPlatform';
import type { ModelGlances } from '../modelGlances';
import { isOn } from '../settings';
import type { ModelCall } from './modelCalls';
import { pythonModels, type LocatedCall } from './pythonModels';

/** Over each call that writes or reads a model: what is in it, and what can be done. Anew when the file changes. */
export class PythonLenses implements vscode.CodeLensProvider {
  constructor(
    private readonly glances: ModelGlances,
    private readonly load: HostPlatform['loadModelCalls'],
  ) {}

  readonly onDidChangeCodeLenses: vscode.Event<void> = (listener, self, all) =>
    this.glances.onDidChange(() => listener.call(self), null, all);

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!isOn('codeLens.python')) return [];
    return (await pythonModels(document, this.glances, this.load)).flatMap(lensesOf);
  }
}

type Command = readonly [title: string, command: string, ...args: unknown[]];

function lensesOf(located: LocatedCall): vscode.CodeLens[] {
  return commandsOf(located).map(
    ([title, command, ...args]) => new vscode.CodeLens(located.range, { title, command, arguments: args }),
  );
}

function commandsOf({ call, model, glance, train }: LocatedCall): readonly Command[] {
  if (!isReadable(call.file))
    return model === null
      ? []
      : [[vscode.l10n.t('RepLens does not read {0} files yet', endingOf(call.file)), '']];
  if (model === null) {
    if (isCheckpointCall(call)) return [];
    const title =
      call.kind === 'write' ? vscode.l10n.t('not exported yet') : vscode.l10n.t('no such file yet');
    return [[title, '']];
  }
  // what is saved so is seldom a graph, and a script that trains speaks of it often
  if (isCheckpointCall(call) && (glance?.ok !== true || glance.value.blocks.length === 0)) return [];
  // too large to be fetched unasked
  if (glance === null)
    return [[vscode.l10n.t('open {0} to see its blocks', fileName(model)), 'replens.openModel', model]];
  if (!glance.ok) return [[vscode.l10n.t('{0} cannot be read', fileName(model)), 'replens.openModel', model]];
  const { fusable, refused } = glance.value;
  const pair: readonly Command[] =
    train === null
      ? []
      : [
          [
            vscode.l10n.t('Verify equivalence with {0}', fileName(train)),
            'replens.verify',
            train,
            [train, model],
          ],
        ];
  const headline: Command = [summary(fusable, refused), 'replens.openModel', model];
  if (fusable === 0) return [headline, ...pair];
  return [
    headline,
    [vscode.l10n.t('Fuse branches'), 'replens.fuse', model],
    [vscode.l10n.t('Verify'), 'replens.verifyBeside', model],
    [vscode.l10n.t('Show graph'), 'replens.showGraph', model],
    ...pair,
  ];
}

function isCheckpointCall({ api, file }: ModelCall): boolean {
  return /^(torch\.(save|load)|safetensors\..*)$/.test(api) && isOftenWeights(file);
}

function summary(fusable: number, refused: number): string {
  if (fusable === 1) return vscode.l10n.t('1 reparam block');
  if (fusable > 1) return vscode.l10n.t('{0} reparam blocks', fusable);
  if (refused === 1) return vscode.l10n.t('1 block that cannot be fused');
  return refused > 1
    ? vscode.l10n.t('{0} blocks that cannot be fused', refused)
    : vscode.l10n.t('no reparam blocks');
}
