import * as vscode from 'vscode';
import type { BlockGlance } from '../core/view/glance';

export type RefusalCode = NonNullable<BlockGlance['refusal']>['code'];

/** Why a block is not fusable, in two or three words; the sentence is the diagnostic's. undefined for what is no code of a refusal. */
export function refusalWords(code: RefusalCode): string | undefined {
  const words: Readonly<Record<RefusalCode, string>> = {
    'nonlinear-op': vscode.l10n.t('non-linear op inside a branch'),
    'different-inputs': vscode.l10n.t('branches start from different tensors'),
    'border-mismatch': vscode.l10n.t('border differs'),
    'stride-mismatch': vscode.l10n.t('strides differ'),
    'extra-consumer': vscode.l10n.t('an inner tensor is used elsewhere'),
    'dynamic-coefficient': vscode.l10n.t('a coefficient depends on the input'),
    'spatially-varying': vscode.l10n.t('a constant varies over the image'),
    'padding-mode': vscode.l10n.t('padding is not by zeros'),
    broadcast: vscode.l10n.t('shapes are broadcast'),
    unprofitable: vscode.l10n.t('it would cost more'),
    'training-mode-bn': vscode.l10n.t('BN is in training mode'),
    quantized: vscode.l10n.t('quantized'),
    'unsupported-dtype': vscode.l10n.t('element type not supported'),
    overflow: vscode.l10n.t('merged weights overflow'),
    'unknown-shape': vscode.l10n.t('a shape is not known'),
    'unsupported-op': vscode.l10n.t('op not supported'),
    'not-in-checkpoint': vscode.l10n.t('the checkpoint does not say it'),
  };
  return words[code];
}
