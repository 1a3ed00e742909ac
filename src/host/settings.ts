import * as vscode from 'vscode';
import { usablePattern } from './outputName';

export type ProviderSetting = 'auto' | 'webgpu' | 'wasm';

const MOST_SAMPLES = 64;
const USUAL_SAMPLES = 4;

/** `replens.verify.provider`: what models are run on. */
export function providerSetting(): ProviderSetting {
  const value = read<string>('verify.provider');
  return value === 'webgpu' || value === 'wasm' ? value : 'auto';
}

/** `replens.verify.samples`: random inputs that the whole network is run on. */
export function sampleCount(): number {
  const value = Math.round(Number(read<number>('verify.samples')));
  return value >= 1 ? Math.min(MOST_SAMPLES, value) : USUAL_SAMPLES;
}

/** `replens.fuse.outputName`: how fused files are called. */
export function outputName(model: vscode.Uri): string {
  return usablePattern(vscode.workspace.getConfiguration('replens', model).get('fuse.outputName'));
}

/** `replens.codeLens.python` and `replens.problems`: what may be shown unasked. */
export function isOn(name: 'codeLens.python' | 'problems.enabled'): boolean {
  return read<boolean>(name) !== false;
}

export type NearMisses = 'hint' | 'information' | 'off';

/** `replens.problems.nearMisses`: how blocks that can't be fused are told in texts. */
export function nearMisses(): NearMisses {
  const value = read<string>('problems.nearMisses');
  return value === 'information' || value === 'off' ? value : 'hint';
}

function read<T>(name: string): T | undefined {
  return vscode.workspace.getConfiguration('replens').get<T>(name);
}
