import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const ROOT = join(__dirname, '../../../..');

/** Writes `argv[2]` megabytes again and again, each time of another letter, and says when each is done. */
const WRITER = `
import { writeAtomically } from ${JSON.stringify(join(ROOT, 'src/platform/node/writeAtomically.ts'))};
async function main() {
  const part = new Uint8Array(2 ** 20);
  console.log('ready');
  for (let round = 0; ; round++) {
    part.fill(97 + (round % 26));
    const result = await writeAtomically(process.argv[2]!, (sink) => {
      for (let i = 0; i < 24; i++) sink.write(part);
    }, { replace: true });
    if (!result.ok) throw new Error(result.problem.message);
  }
}
void main();
`;

describe('a writer that is killed', () => {
  const at = useTemporaryFolder();

  it('leaves the old file or the new one, whole', async () => {
    const script = at('writer.ts');
    const target = at('m.onnx');
    writeFileSync(script, WRITER);
    writeFileSync(target, 'old');
    let caught = 0;
    for (let round = 0; round < 6; round++) {
      const child = spawn(process.execPath, ['-r', require.resolve('tsx/cjs'), script, target], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, 5 + 17 * round));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const bytes = readFileSync(target);
      const whole = bytes.equals(Buffer.alloc(24 * 2 ** 20, bytes[0]));
      assert.ok(whole || bytes.toString() === 'old', `round ${round}: ${bytes.length} bytes`);
      const others = readdirSync(at()).filter((name) => name !== 'writer.ts' && name !== 'm.onnx');
      assert.ok(others.every((name) => /^\.m\.onnx\.[0-9a-f]{12}\.tmp$/.test(name)));
      caught = others.length;
    }
    assert.ok(caught > 0, 'at least one was killed in the middle of its writing');
  });
});
