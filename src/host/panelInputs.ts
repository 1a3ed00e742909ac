import * as vscode from 'vscode';
import type { JobInputs, RemoteInput } from '../protocol/report';
import type { PixelScale } from '../protocol/vocabulary';
import { fileName } from './files';
import { sampleFolders } from './sampleFolders';

/** Files to verify with, by their place on the disk. */
export interface PanelInputs {
  readonly chosen: readonly vscode.Uri[];
  readonly beside: readonly { readonly label: string; readonly files: readonly vscode.Uri[] }[];
  readonly pixels: PixelScale;
}

/** What lies beside a model, and the files that somebody chose. */
export async function panelInputs(
  model: vscode.Uri,
  chosen: readonly vscode.Uri[] = [],
  pixels: PixelScale = 'unit',
): Promise<PanelInputs> {
  const beside = (await sampleFolders(model)).map((paths) => ({
    label: paths[0]?.split('/')[0] ?? '',
    files: paths.map((path) => vscode.Uri.joinPath(model, '..', ...path.split('/'))),
  }));
  return { chosen, beside, pixels };
}

/** Folders that a webview fetches them from. */
export function inputFolders({ chosen }: PanelInputs): readonly vscode.Uri[] {
  return chosen.map((uri) => vscode.Uri.joinPath(uri, '..'));
}

/** The same with addresses for a webview. */
export function remoteInputs(
  { chosen, beside, pixels }: PanelInputs,
  address: (uri: vscode.Uri) => string,
): JobInputs<RemoteInput> {
  const remote = (uri: vscode.Uri): RemoteInput => ({ fileName: fileName(uri), uri: address(uri) });
  return {
    chosen: chosen.map(remote),
    beside: beside.map(({ label, files }) => ({ label, files: files.map(remote) })),
    pixels,
  };
}

/** Asks for files; null when the person cancels. Pictures ask for the values of their pixels too. */
export async function chooseInputs(): Promise<Pick<PanelInputs, 'chosen' | 'pixels'> | null> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Choose inputs to verify with'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Inputs')]: ['npy', 'npz', 'png', 'jpg', 'jpeg', 'pb'] },
  });
  if (chosen === undefined) return null;
  if (!chosen.some(({ path }) => /\.(png|jpe?g)$/i.test(path))) return { chosen, pixels: 'unit' };
  const scales: readonly { readonly label: string; readonly pixels: PixelScale }[] = [
    { label: vscode.l10n.t('0 to 1'), pixels: 'unit' },
    { label: vscode.l10n.t('normalised as for ImageNet'), pixels: 'imagenet' },
    { label: vscode.l10n.t('0 to 255'), pixels: 'raw' },
  ];
  const title = vscode.l10n.t('Values of a picture’s pixels');
  const scale = await vscode.window.showQuickPick(scales, { title, ignoreFocusOut: true });
  return scale === undefined ? null : { chosen, pixels: scale.pixels };
}
