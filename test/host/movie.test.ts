import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { bridge } from './support/bridge';
import { on, quickInput, shownReport } from './support/screens';
import { nextVerification } from './support/verification';
import { eventually } from './support/eventually';
import { extension, inWorkspace, tidy } from './support/workspace';

const settle = (milliseconds = 700): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/**
 * The frames of media/screens/main-job.gif. They are made on purpose only, with REPLENS_MOVIE=1; scripts/mainJobMovie.py puts
 * them together.
 */
function records(): void {
  it('is recorded frame by frame', async function () {
    this.timeout(240_000);
    let frames = 0;
    const shoot = async (): Promise<void> => {
      await vscode.commands.executeCommand('notifications.clearAll');
      await settle();
      await bridge.screenshot(`movie-${String((frames += 1)).padStart(2, '0')}`);
    };
    const folder = 'models';
    mkdirSync(inWorkspace(folder).fsPath, { recursive: true });
    const uri = inWorkspace(folder, 'net.onnx');
    const fixture = 'test/fixtures/pairs/ok_repvgg.train.onnx';
    copyFileSync(join(extension().extensionPath, fixture), uri.fsPath);
    await vscode.workspace
      .getConfiguration()
      .update('workbench.colorTheme', 'Default Dark Modern', vscode.ConfigurationTarget.Global);
    await bridge.resize(1280, 960);
    await vscode.commands.executeCommand('vscode.openWith', uri, 'replens.model', { preview: false });
    await bridge.waitFor(on('editor', 'branch-graph'));
    await bridge.click(on('editor', 'block', '[data-block-id="b1"]'));
    await shoot();
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await bridge.click(on('editor', 'tab-fold'));
    await bridge.focus(on('editor', 'fold'));
    await bridge.press('Home');
    await shoot();
    for (let step = 1; step <= 5; step += 1) {
      await bridge.press('ArrowRight');
      await settle(1200);
      await shoot();
    }
    await bridge.click(on('editor', 'fuse-all'));
    const fused = inWorkspace(folder, 'net.fused.onnx');
    await eventually('the fused model', () => existsSync(fused.fsPath) || undefined);
    const finished = nextVerification();
    await bridge.click(on('editor', 'verify'));
    await quickInput();
    await bridge.press('Enter');
    await finished;
    await shownReport();
    await settle(1500);
    await shoot();
    await vscode.commands.executeCommand('workbench.action.focusSecondEditorGroup');
    await vscode.commands.executeCommand('workbench.action.toggleMaximizeEditorGroup');
    await shoot();
    await tidy(folder);
  });
}

if (process.env['REPLENS_MOVIE']) describe('the main job as a film', records);
