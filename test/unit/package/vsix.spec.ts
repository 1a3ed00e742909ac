import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

const root = join(__dirname, '..', '..', '..');

/** What the marketplace shows, and what the extension runs. */
const EXPECTED = [
  /^package(\.nls(\.zh-cn)?)?\.json$/,
  /^(README|CHANGELOG|THIRD-PARTY-NOTICES)\.md$/,
  /^LICENSE$/,
  /^dist\/\w+(\.web)?\.js$/,
  /^dist\/renderer\/[\w.-]+\.js$/,
  /^dist\/webview\/\w+\.(js|css)$/,
  /^dist\/ort\/ort-wasm-simd-threaded\.asyncify\.wasm$/,
  /^l10n\/bundle\.l10n\.zh-cn\.json$/,
  /^media\/[\w-]+\.(png|svg|md)$/,
  /^language\/onnx-text(\.tmLanguage)?\.json$/,
  /^docs\/(refusals|faults)\.md$/,
  /^samples\/[\w.]+$/,
];

/** Bytes of a .vsix, whose entries are deflated. */
const LARGEST = 9_000_000;

describe('the packaged extension', () => {
  let files: readonly string[] = [];
  before(() => {
    const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    const list = execFileSync(process.execPath, [vsce, 'ls', '--no-dependencies'], {
      cwd: root,
      encoding: 'utf8',
    });
    files = list.split('\n').filter((line) => line !== '');
  });

  it('holds what it needs and nothing else', () => {
    const strange = files.filter((file) => !EXPECTED.some((pattern) => pattern.test(file)));
    assert.deepEqual(strange, []);
    for (const pattern of EXPECTED)
      assert.ok(
        files.some((file) => pattern.test(file)),
        `${pattern}`,
      );
    for (const needed of [
      'dist/extension.js',
      'dist/extension.web.js',
      'dist/modelWorker.js',
      'dist/modelCalls.js',
      'dist/webview/modelWorker.js',
      'dist/webview/runnerWorker.js',
      'dist/webview/modelWorker.js',
      'dist/webview/renderer.css',
      'dist/renderer.js',
      'samples/reparam.ipynb',
      'samples/replens_helper.py',
    ])
      assert.ok(files.includes(needed), needed);
  });

  it('has one runtime of onnxruntime', () => {
    assert.equal(files.filter((file) => file.endsWith('.wasm')).length, 1);
  });

  it('is below 9 MB', () => {
    const size = files.reduce((sum, file) => sum + deflateRawSync(readFileSync(join(root, file))).length, 0);
    assert.ok(size > 1_000_000 && size < LARGEST, `${size} bytes`);
  });
});
