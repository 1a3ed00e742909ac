import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { unwrap } from '../../src/core/result';
import { bridge } from './support/bridge';
import { MemoryFileSystem } from './support/memoryFileSystem';
import { diagnosticsOf } from './support/lenses';
import { channelModel } from './support/models';
import { notifications, on } from './support/screens';
import { nextVerification, startVerify } from './support/verification';
import { eventually } from './support/eventually';
import { extension, inWorkspace, tidy } from './support/workspace';

describe('a virtual workspace', function () {
  this.timeout(120_000);
  const folder = 'virtual';
  const files = new MemoryFileSystem();
  const locked = new MemoryFileSystem();
  const source = vscode.Uri.parse('memfs-test:/my net.onnx');
  const fused = vscode.Uri.parse('memfs-test:/my net.fused.onnx');
  let subscription: vscode.Disposable;

  before(() => {
    subscription = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider('memfs-test', files),
      vscode.workspace.registerFileSystemProvider('locked-test', locked, { isReadonly: true }),
    );
    files.writeFile(source, channelModel(4, 4));
    locked.writeFile(source, channelModel(4, 4));
  });

  after(async () => {
    await tidy(folder);
    subscription.dispose();
  });

  it('has its models opened, by whatever their address is', async () => {
    await vscode.commands.executeCommand('vscode.open', source);
    await bridge.waitFor(on('editor', 'block'));
    assert.equal(await bridge.count(on('editor', 'block')), 1);
  });

  it('has them fused into the very bytes that a disk gets, and nothing else is left', async () => {
    await vscode.commands.executeCommand('replens.fuse', source, [source]);
    assert.deepEqual(files.names(), [fused.path, source.path].sort());
    const onDisk = inWorkspace(folder, 'net.onnx');
    await vscode.workspace.fs.writeFile(onDisk, channelModel(4, 4));
    await vscode.commands.executeCommand('replens.fuse', onDisk, [onDisk]);
    const expected = readFileSync(join(inWorkspace(folder).fsPath, 'net.fused.onnx'));
    assert.ok(expected.equals(files.readFile(fused)));
  });

  it('has them verified in the report', async () => {
    const finished = nextVerification();
    await startVerify(source, fused);
    assert.equal(unwrap((await finished).result).verdict, 'equivalent');
  });

  it('has its PyTorch programs opened, fused as such and verified, too', async () => {
    const program = vscode.Uri.parse('memfs-test:/program.pt2');
    const merged = vscode.Uri.parse('memfs-test:/program.fused.pt2');
    files.writeFile(program, readFileSync(join(extension().extensionPath, 'test/fixtures/torch/acnet.pt2')));
    await vscode.commands.executeCommand('vscode.open', program);
    await bridge.waitFor({ ...on('editor', 'block'), nth: 0 });
    await vscode.commands.executeCommand('replens.fuse', program, [program]);
    const finished = nextVerification();
    await startVerify(program, merged);
    assert.equal(unwrap((await finished).result).verdict, 'equivalent');
    files.delete(program);
    files.delete(merged);
  });

  it('has its checkpoints opened, fused as such and verified, too', async () => {
    const weights = vscode.Uri.parse('memfs-test:/net.safetensors');
    const merged = vscode.Uri.parse('memfs-test:/net.fused.safetensors');
    const fixture = 'test/fixtures/checkpoints/repvgg.safetensors';
    files.writeFile(weights, readFileSync(join(extension().extensionPath, fixture)));
    await vscode.commands.executeCommand('replens.openModel', weights);
    await bridge.waitFor(on('editor', 'assumptions-file'));
    await vscode.commands.executeCommand('replens.fuse', weights, [weights]);
    const finished = nextVerification();
    await startVerify(weights, merged);
    assert.equal(unwrap((await finished).result).verdict, 'equivalent');
    files.delete(weights);
    files.delete(merged);
  });

  it('has its near misses in the text and in Problems', async () => {
    const refused = vscode.Uri.parse('memfs-test:/refused.onnx');
    files.writeFile(
      refused,
      readFileSync(join(extension().extensionPath, 'test/fixtures/refuse/reflect_branch.onnx')),
    );
    await vscode.commands.executeCommand('replens.openText', refused);
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'onnx-text');
    const [hint] = await diagnosticsOf(document.uri);
    assert.equal(hint?.severity, vscode.DiagnosticSeverity.Hint);
    files.delete(refused);
  });

  it('hands over no weights from behind a symbolic link, which may lead anywhere', async () => {
    const fixture = join(extension().extensionPath, 'test/fixtures/onnx/external.onnx');
    // a name of the same length keeps the file whole
    const bytes = Buffer.from(
      readFileSync(fixture).toString('latin1').replaceAll('external.bin', 'sub/file.bin'),
      'latin1',
    );
    const linked = vscode.Uri.parse('memfs-test:/linked.onnx');
    files.writeFile(linked, bytes);
    files.writeFile(vscode.Uri.parse('memfs-test:/sub/file.bin'), new Uint8Array(1 << 12));
    files.links.add('/sub');
    await vscode.commands.executeCommand('vscode.open', linked);
    await bridge.waitFor(on('editor', 'failed'));
    assert.match(
      await bridge.text(on('editor', 'failed')),
      /"sub" is a symbolic link, which is not followed/,
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    files.delete(linked);
    files.delete(vscode.Uri.parse('memfs-test:/sub/file.bin'));
  });

  it('that nothing can be written to says so in a sentence', async () => {
    const readOnly = source.with({ scheme: 'locked-test' });
    await vscode.commands.executeCommand('replens.fuse', readOnly, [readOnly]);
    await eventually(
      'the sentence',
      async () =>
        (await notifications()).sentences.find((text) => text.startsWith('Nothing can be written beside')) ??
        undefined,
    );
    assert.deepEqual(locked.names(), [source.path]);
  });
});
