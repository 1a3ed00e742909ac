import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

/** The words of a union of string literals in a source file. */
function words(source: string, type: string): readonly string[] {
  const [, body = ''] = new RegExp(`export type ${type} =([^;]+);`).exec(source) ?? [];
  return [...body.matchAll(/'([\w-]+)'/g)].map(([, word = '']) => word);
}

const sections = (page: string): readonly string[] =>
  [...read('docs', page).matchAll(/^## (.+)$/gm)].map(([, title = '']) => title);

describe('the pages that problems lead to', () => {
  it('have a section for each code of a refusal', () => {
    const codes = words(read('src', 'core', 'algebra', 'refusal.ts'), 'RefusalCode');
    assert.equal(codes.length, 17);
    assert.deepEqual(sections('refusals.md'), codes);
  });

  it('have a section for each kind of fault', () => {
    const kinds = words(read('src', 'core', 'verify', 'report.ts'), 'FaultKind');
    assert.equal(kinds.length, 10);
    assert.deepEqual(sections('faults.md'), kinds);
  });
});
