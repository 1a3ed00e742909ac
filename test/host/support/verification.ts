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
