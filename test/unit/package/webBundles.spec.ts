import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

const dist = join(__dirname, '..', '..', '..', 'dist');
const read = (name: string): string => readFileSync(join(dist, name), 'utf8');

describe('the bundles for a browser', () => {
  it('ask for nothing but vscode, and that only in the extension', () => {
    for (const name of ['extension.web.js', 'modelCalls.js', 'webview/modelWorker.js']) {
      const text = read(name);
      const asked = [...text.matchAll(/\b(?:require|import)\((["'`])([^"'`]+)\1\)/g)].map(
        ([, , module]) => module,
      );
      assert.deepEqual([...new Set(asked)], name === 'extension.web.js' ? ['vscode'] : [], name);
      assert.ok(!/["'`]node:[a-z]/.test(text), `${name} names a module of Node`);
      for (const module of builtinModules)
        assert.ok(!text.includes(`require("${module}")`), `${name}: ${module}`);
    }
  });

  it('are small: every window reads the extension', () => {
    const size = Buffer.byteLength(read('extension.web.js'));
    // onnxruntime, the protobuf schema or the reader of Python would be more
    assert.ok(size > 10_000 && size < 100_000, `${size} bytes`);
  });
});
