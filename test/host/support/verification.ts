import * as vscode from 'vscode';
import type { FinishedVerification } from '../../../src/host/verifyService';
import { extension } from './workspace';

/** The end of the next verification. Subscribes at once. */
export async function nextVerification(): Promise<FinishedVerification> {
  const { onDidVerify } = await extension().activate();
  return new Promise((settle) => {
    const subscription = onDidVerify((finished) => {
      subscription.dispose();
      settle(finished);
    });
  });
}

/** Runs Verify Equivalence on two files, as the Explorer's menu does for two selected ones. */
export function startVerify(original: vscode.Uri, fused: vscode.Uri): Thenable<unknown> {
  return vscode.commands.executeCommand('replens.verify', original, [original, fused]);
}

/** Runs with wasm alone what says nothing about a GPU: a CPU that plays one compiles shaders for most of a minute. */
export async function withWasm<T>(run: () => Promise<T>): Promise<T> {
  const settings = vscode.workspace.getConfiguration('replens');
  await settings.update('verify.provider', 'wasm', true);
  try {
    return await run();
  } finally {
    await settings.update('verify.provider', undefined, true);
  }
}
