import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020';
import schema from '../../../../src/core/view/report/verification.schema.json';
import { mismatch } from '../../../../src/core/view/notebook/matchesSchema';
import { readReport } from '../../../../src/core/view/notebook/readReport';
import { DIFFERENT, EQUIVALENT, SPEED } from '../../../webview/support/reports';

const reports = [EQUIVALENT, DIFFERENT, { ...EQUIVALENT, speed: SPEED }].map(
  (report) => JSON.parse(JSON.stringify(report)) as Record<string, unknown>,
);

/** Each value of a JSON tree, by the keys that lead there. */
function paths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

describe('a report in a notebook', () => {
  it('is read as it was saved', () => {
    for (const report of reports) {
      const read = readReport(JSON.stringify(report));
      assert.ok(read.ok);
      assert.deepEqual(JSON.parse(JSON.stringify(read.value)), report);
    }
  });

  it('is checked as the schema says: ajv agrees on every value replaced by one of another kind', () => {
    const valid = new Ajv({ strict: false }).compile(schema);
    let refused = 0;
    for (const report of reports)
      for (const path of paths(report))
        for (const by of [null, -1, 0.5, 'x', '', true, [], {}, [{}]]) {
          const changed = replaced(report, path, by);
          const isValid = valid(changed);
          assert.equal(
            mismatch(changed, schema) === null,
            isValid,
            `${path.join('.')} = ${JSON.stringify(by)}`,
          );
          if (!isValid) refused += 1;
        }
    assert.ok(refused > 1000, `${refused}`);
  });

  const problem = (text: string): string => {
    const read = readReport(text);
    assert.ok(!read.ok);
    assert.match(read.problem.message, /^[A-Z][^\n]+\.$/);
    return read.problem.message;
  };

  it('says where a report is wrong, in one sentence', () => {
    assert.match(problem('{'), /JSON/);
    assert.match(problem('[]'), /its beginning/);
    assert.match(
      problem(JSON.stringify(replaced(EQUIVALENT, ['outputs', '0', 'name'], 7))),
      /outputs\[0\]\.name/,
    );
    assert.match(problem(JSON.stringify({ ...EQUIVALENT, schema: 'replens-verification/9' })), /schema/);
  });

  it('refuses what would be endless to draw', () => {
    const map = (errorMap: object): string =>
      JSON.stringify({ ...EQUIVALENT, blocks: [{ ...EQUIVALENT.blocks[0], errorMap }] });
    assert.match(problem(map({ dims: [1, 2e9], places: [1], channels: [] })), /b0/);
    assert.match(problem(map({ dims: [1], places: [1], channels: Array(200_000).fill(0) })), /b0/);
    const counts = Array<number>(5000).fill(1);
    const outputs = [{ ...EQUIVALENT.outputs[0], histogram: { firstDecade: 0, counts, equal: 0 } }];
    assert.match(problem(JSON.stringify({ ...EQUIVALENT, outputs })), /5000 bins/);
    let file: object = EQUIVALENT.files.original;
    for (let depth = 0; depth < 500; depth += 1) file = { ...EQUIVALENT.files.original, companions: [file] };
    assert.match(problem(JSON.stringify({ ...EQUIVALENT, files: { original: file, fused: file } })), /files/);
  });

  it('gives back what JSON cannot say', () => {
    const outputs = [{ ...EQUIVALENT.outputs[0], maxRel: null }];
    const { companions: _, ...bare } = EQUIVALENT.files.original;
    const read = readReport(
      JSON.stringify({ ...EQUIVALENT, outputs, files: { original: bare, fused: bare } }),
    );
    assert.ok(read.ok);
    assert.equal(read.value.outputs[0]?.maxRel, Infinity);
    assert.deepEqual(read.value.files.fused.companions, []);
  });
});
