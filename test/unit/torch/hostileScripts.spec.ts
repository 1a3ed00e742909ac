import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { FIXTURES } from '../../support/models';
import { refusalOf, verdictOf } from '../../support/refusals';

/** Scripts that were made to take for ever or to fill the memory: each ends soon with one sentence. */

const entries = unzipSync(readFileSync(join(FIXTURES, 'torch', 'files', 'steps.pt')));

/** steps.pt with another body of `forward`, and functions behind its class. */
function script(body: string, functions = ''): Uint8Array {
  const code = `class Steps(Module):\n  __parameters__ = []\n  def forward(self, x: Tensor, y: Tensor) -> Tensor:\n${body
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n${functions}`;
  return zipSync({ ...entries, 'archive/code/__torch__.py': new TextEncoder().encode(code) }, { level: 0 });
}

const PLACED = /^x\.pt: code\/__torch__\.py:\d+:\d+: /;
const FOREVER = 'for i in range(1000000000):';

describe('hostile scripts', () => {
  it('the builder of these tests makes scripts that are read', () => {
    assert.equal(verdictOf(script('return torch.relu(x)')), null);
  });

  const BOMBS: readonly (readonly [string, string, RegExp])[] = [
    [
      'texts that double',
      `t = "a"\n${FOREVER}\n  t = torch.add(t, t)\nreturn x`,
      /more steps than that of any model/,
    ],
    [
      'lists that double',
      `t = [1]\n${FOREVER}\n  t = torch.add(t, t)\nreturn x`,
      /more steps than that of any model/,
    ],
    [
      'lists that are copied',
      `t = [1]\n${FOREVER}\n  u = torch.append(t, 1)\n  v = torch.slice(t, 0, 1000000)\nreturn x`,
      /more steps/,
    ],
    [
      'lists that are searched',
      `t = [1]\n${FOREVER}\n  u = torch.append(t, 1)\n  v = torch.__contains__(t, 2)\nreturn x`,
      /more steps/,
    ],
    [
      'lists of lists',
      `t = [x]\nfor i in range(60):\n  t = [t, t]\nreturn t`,
      /gives something that is no tensor/,
    ],
    [
      'tuples of tuples',
      `t = (x,)\nfor i in range(60):\n  t = (t, t)\nreturn t`,
      /gives something that is no tensor/,
    ],
    [
      'wide lists of wide lists',
      `t = [[]]\nfor j in range(6):\n  u = [t]\n  for i in range(1000):\n    v = torch.append(u, t)\n  t = u\nreturn t`,
      /gives something that is no tensor/,
    ],
    [
      'numbers that are written',
      `t = [1]\nfor i in range(20):\n  t = torch.add(t, t)\nreturn torch.add(x, torch.tensor([t, t, t, t]))`,
      /not read here|more steps/,
    ],
    [
      'a loop in a loop in a loop',
      `for i in range(100000):\n  for j in range(100000):\n    for k in range(100000):\n      pass\nreturn x`,
      /more steps/,
    ],
    [
      'one line of a million terms',
      `t = [${'1, '.repeat(100_000)}]\n${FOREVER}\n  t = [${'1, '.repeat(50_000)}]\nreturn x`,
      /more steps/,
    ],
    ['calls without end', `${FOREVER}\n  x = torch.relu(x)\nreturn x`, /more calls than any model/],
    [
      'sizes without end',
      `t = torch.size(torch.conv2d(x, self.same.weight), 0)\n${FOREVER}\n  t = torch.mul(t, t)\nreturn x`,
      /more calls|not read here|more steps/,
    ],
    [
      'a part of a list that is very far',
      `t = [1]\nreturn torch.add(x, (t)[99999999999999999999])`,
      /is not read here/,
    ],
    ['shapes without end', `return torch.zeros([99999999, 99999999, 99999999, 99999999], dtype=6)`, /./],
    [
      'repeats without end',
      `t = torch.repeat(x, [99999999, 99999999])\nfor i in range(60):\n  t = torch.cat([t, t])\nreturn t`,
      /./,
    ],
  ];
  for (const [title, body, sentence] of BOMBS) {
    it(title, () => {
      const problem = verdictOf(script(body), new Map([['x', [1, 4, 8, 8]]]));
      assert.match(problem?.message ?? 'read', sentence);
      if (problem !== null) assert.match(problem.message, PLACED);
    });
  }

  it('functions that call each other twice, and themselves', () => {
    const chain = Array.from(
      { length: 90 },
      (_, place) =>
        `def f${place}(x: Tensor) -> Tensor:\n  _0 = __torch__.f${place + 1}\n  return _0(_0(x, ), )\n`,
    ).join('');
    const all = `${chain}def f90(x: Tensor) -> Tensor:\n  return x\n`;
    const body = '_0 = __torch__.f0\nreturn _0(x, )';
    assert.match(refusalOf(script(body, all)).message, /more steps than that of any model/);
    const itself = 'def f0(x: Tensor) -> Tensor:\n  _0 = __torch__.f0\n  return _0(x, )\n';
    assert.match(refusalOf(script(body, itself)).message, /call each other without end/);
  });

  it('a hundred thousand functions, long names, long lines, deep blocks', () => {
    const many = Array.from(
      { length: 50_000 },
      (_, place) => `def f${place}(x: Tensor) -> Tensor:\n  return x\n`,
    ).join('');
    assert.equal(verdictOf(script('return torch.relu(x)', many)), null);
    assert.match(
      refusalOf(script(`return ${'a'.repeat(3_000_000)}`)).message,
      /is read before anything gives it a value/,
    );
    assert.match(refusalOf(script(`return "${'a'.repeat(3_000_000)}"`)).message, /no tensor/);
    assert.match(refusalOf(script(`return ${'x.'.repeat(1_500_000)}y`)).message, /./);
    assert.match(refusalOf(script(`return x${'[0]'.repeat(500_000)}`)).message, /./);
    assert.match(refusalOf(script(`return x${'(x)'.repeat(500_000)}`)).message, /./);
    assert.match(refusalOf(script(`return ${'x or '.repeat(400_000)}x`)).message, /./);
    assert.match(refusalOf(script(`return ${'x if x else '.repeat(400_000)}x`)).message, /nested too deep/);
    const deep = Array.from({ length: 3000 }, (_, level) => `${' '.repeat(level)}if True:`).join('\n');
    assert.match(refusalOf(script(`${deep}\n${' '.repeat(3000)}pass`)).message, /nested too deep/);
    const elses = `if torch.eq(1, 2):\n  pass\n${'elif torch.eq(1, 2):\n  pass\n'.repeat(50_000)}return x`;
    verdictOf(script(elses));
    assert.match(
      refusalOf(script('x = 1\n'.repeat(1_500_000))).message,
      /more than can be read|more code than that of any model/,
    );
  });

  it('shapes that somebody gives, as large as can be written', () => {
    const plain = script('return torch.relu(torch.conv2d(x, self.same.weight))');
    for (const shape of [
      [99999999, 4, 99999999, 99999999],
      [2 ** 53 - 1, 4, 2 ** 53 - 1, 1],
      [0, 0, 0, 0],
      [1],
    ])
      verdictOf(plain, new Map([['x', shape]]));
  });
});
