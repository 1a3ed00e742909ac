import assert from 'node:assert/strict';
import { progressLine } from '../../../src/cli/progressLine';

function stream(isTTY: boolean) {
  let text = '';
  return { isTTY, write: (more: string) => (text += more), text: () => text };
}

describe('the progress line', () => {
  it('is rewritten in place on a terminal and wiped at the end', () => {
    const terminal = stream(true);
    const line = progressLine(terminal);
    line.progress(0.5, 'looking for blocks');
    assert.match(terminal.text(), /50 % {2}looking for blocks/);
    line.done();
    assert.ok(terminal.text().endsWith('\r\u001b[2K'));
    assert.ok(!terminal.text().includes('\n'));
  });

  it('writes nothing into a pipe', () => {
    const pipe = stream(false);
    const line = progressLine(pipe);
    line.progress(0.5, 'looking for blocks');
    line.done();
    assert.equal(pipe.text(), '');
  });
});
