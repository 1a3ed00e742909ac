import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { PairOutcome } from '../../src/host/pairTests';
import { bridge } from './support/bridge';
import { eventually } from './support/eventually';
import { copyFixture, extension, inWorkspace, tidy } from './support/workspace';

const RIGHT = 'ok_repvgg.train.onnx → ok_repvgg.deploy.onnx';
const WRONG = 'identity_dropped.train.onnx → identity_dropped.deploy.onnx';

describe('The Test Explorer', function () {
  this.timeout(180_000);
  const folder = 'pairs';
  const told: PairOutcome[] = [];
  let subscription: vscode.Disposable;

  before(async () => {
    for (const name of ['ok_repvgg', 'identity_dropped'])
      for (const form of ['train', 'deploy']) copyFixture(`pairs/${name}.${form}.onnx`, folder);
    copyFixture('torch/repvgg.pt2', folder, 'program.pt2');
    copyFixture('models/repvgg.deploy.onnx', folder, 'program.deploy.onnx');
    // weights by the name of a model
    copyFixture('torch/files/checkpoint.pt', folder, 'epoch.pt');
    copyFixture('models/repvgg.deploy.onnx', folder, 'epoch.deploy.onnx');
    const { pairs } = await extension().activate();
    subscription = pairs.onDidTell((outcome) => told.push(outcome));
  });
  after(async () => {
    subscription.dispose();
    // the results' panel covers half of what comes after
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await vscode.commands.executeCommand('workbench.view.explorer');
    await tidy(folder);
  });

  /** The outcome of a pair in the next run. */
  const outcomeOf = (label: string): Promise<PairOutcome> =>
    eventually(`the outcome of ${label}`, () => told.find((one) => one.label === label));

  it('has an item for each pair and its blocks below, which pass and fail as they should', async () => {
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    await vscode.commands.executeCommand('testing.refreshTests');
    await vscode.commands.executeCommand('testing.runAll');
    const right = await outcomeOf(RIGHT);
    assert.deepEqual([right.outcome, Object.values(right.blocks)], ['passed', Array(3).fill('equivalent')]);
    const wrong = await outcomeOf(WRONG);
    assert.deepEqual(
      [wrong.outcome, wrong.blocks],
      ['failed', { b0: 'equivalent', b1: 'not-equivalent', b2: 'equivalent' }],
    );
    assert.equal((await outcomeOf('program.pt2 → program.deploy.onnx')).outcome, 'passed');
    assert.deepEqual(
      told.map(({ label }) => label).filter((label) => label.includes('epoch')),
      [],
    );
    const rows = await eventually('the rows of the Test Explorer', async () => {
      const texts = await bridge.texts({ selector: '.test-explorer .monaco-list-row' });
      return texts.some((text) => text.includes(WRONG)) ? texts : undefined;
    });
    assert.ok(
      rows.some((text) => text.includes(RIGHT)),
      rows.join('; '),
    );
    await bridge.screenshot('test-explorer');
  });

  it('runs again what failed, and only that; repaired, it passes', async () => {
    told.length = 0;
    // somebody repairs the converter
    copyFileSync(
      inWorkspace(folder, 'identity_dropped.train.onnx').fsPath,
      inWorkspace(folder, 'identity_dropped.deploy.onnx').fsPath,
    );
    await vscode.commands.executeCommand('testing.reRunFailTests');
    assert.equal((await outcomeOf(WRONG)).outcome, 'passed');
    assert.deepEqual(
      told.map(({ label }) => label),
      [WRONG],
    );
  });
});
