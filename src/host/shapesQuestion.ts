import * as vscode from 'vscode';
import type { PortSummary } from '../core/view/inspectReport';
import { onScreen } from '../core/view/onScreen';
import { fileName, ownSentence } from './files';
import { modelKey } from './modelKey';
import type { ModelService } from './modelService';
import { formatShapes, parseShapes, type ParsedShapes, type Shapes } from './shapesText';

/**
 * Asks for the shapes of a model's inputs (null: nobody knows them yet), which are looked at while the person types: by their form, then by the model.
 * @returns none to take those of the file; null when the person cancels.
 */
export async function askShapes(
  models: Pick<ModelService, 'checkOptions'>,
  uri: vscode.Uri,
  inputs: readonly PortSummary[] | null,
  given: Shapes | null,
): Promise<Shapes | null> {
  const names = inputs?.map(({ name }) => name) ?? null;
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Input shapes of {0}', fileName(uri)),
    prompt: vscode.l10n.t(
      'TorchScript says no shapes. Give those of its inputs, such as {0}; leave it empty to do without.',
      'x = 1, 3, 224, 224',
    ),
    value: formatShapes(given ?? proposal(inputs ?? [])),
    ignoreFocusOut: true,
    validateInput: async (text) => {
      const parsed = parseShapes(text, names);
      if (!parsed.ok) return problemText(parsed, names);
      const checked = await models.checkOptions(modelKey(uri), { shapes: parsed.shapes });
      return checked.ok ? undefined : onScreen(ownSentence(uri, checked.problem).message);
    },
  });
  if (answer === undefined) return null;
  const parsed = parseShapes(answer, names);
  return parsed.ok ? parsed.shapes : null;
}

/** One image as networks mostly take them, where the file leaves sizes open; nothing for an input whose axes nobody knows. */
function proposal(inputs: readonly PortSummary[]): Shapes {
  return Object.fromEntries(
    inputs.flatMap(({ name, dims }) =>
      dims === null || dims.length === 0
        ? []
        : [[name, dims.map((dim, axis) => (typeof dim === 'number' ? dim : axis < 2 ? 1 : 224))]],
    ),
  );
}

function problemText(parsed: ParsedShapes & { readonly ok: false }, names: readonly string[] | null): string {
  return 'unknown' in parsed
    ? vscode.l10n.t('The model has no input "{0}"; it has {1}.', parsed.unknown, names?.join(', ') ?? '')
    : vscode.l10n.t('"{0}" is no shape; write one as x = 1, 3, 224, 224.', parsed.wrong);
}
