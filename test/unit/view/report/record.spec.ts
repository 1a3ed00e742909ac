import assert from 'node:assert/strict';
import Ajv2020 from 'ajv/dist/2020';
import { recordMarkdown } from '../../../../src/core/view/report/recordMarkdown';
import { beforeAfterBars, errorHistogram, errorMapPicture } from '../../../../src/core/view/report/pictures';
import { dataUri, svg } from '../../../../src/core/view/report/svg';
import schema from '../../../../src/core/view/report/verification.schema.json';
import { RECORD } from './records';

/** Checks a record against the schema; throws what is wrong with it. */
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

describe('the schema of a verification', () => {
  it('holds for a record with everything, after JSON too', () => {
    assert.ok(validate(JSON.parse(JSON.stringify(RECORD))), JSON.stringify(validate.errors));
  });

  const wrong: readonly (readonly [string, object])[] = [
    ['a verdict of its own', { ...RECORD, verdict: 'fine' }],
    ['no hashes', { ...RECORD, files: { ...RECORD.files, fused: { name: 'x', bytes: 1 } } }],
    ['another version', { ...RECORD, schema: 'replens-verification/2' }],
    ['a share above 1', { ...RECORD, outputs: RECORD.outputs.map((one) => ({ ...one, top1: 1.5 })) }],
    ['an unknown fault', { ...RECORD, blocks: [{ ...RECORD.blocks[1], faults: [{ kind: 'odd' }] }] }],
  ];
  for (const [what, record] of wrong) it(`refuses ${what}`, () => assert.ok(!validate(record)));
});

describe('recordMarkdown', () => {
  const text = recordMarkdown(RECORD);

  it('says verdict, files, run, outputs and blocks, the worst first', () => {
    assert.match(text, /^# Not equivalent: /);
    for (const part of [
      'a'.repeat(64),
      'c'.repeat(64),
      'seed 1, 4 drawn inputs',
      '75 % / 95 %',
      'onnxruntime-web 1.30.0',
    ])
      assert.ok(text.includes(part), part);
    assert.ok(text.indexOf('| b1 |') < text.indexOf('| b0 |'));
    assert.match(text, /\*\*bias\*\* \(90 % of the difference\)/);
    assert.match(text, /block b0 becomes slower/);
  });

  it('holds its pictures', () => {
    const pictures = [...text.matchAll(/!\[([^\]]+)\]\(data:image\/svg\+xml;base64,([\w+/=]+)\)/g)];
    assert.deepEqual(
      pictures.map(([, title]) => title),
      [
        'Differences of output logits by size',
        'Where block b1 is wrong',
        'before and after merging',
        'Time of a run before and after merging',
      ],
    );
    for (const [, , base64 = ''] of pictures)
      assert.match(Buffer.from(base64, 'base64').toString('utf8'), /^<svg [^]*<\/svg>$/);
  });

  it('makes no markup of names that come from files', () => {
    assert.ok(!text.includes('<script>'));
    assert.ok(!text.includes('[x](http'));
    const rows = text.split('\n').filter((line) => line.startsWith('| before |'));
    // five cell borders: the name's own | is escaped
    assert.equal(rows[0]?.replaceAll('\\|', '').split('|').length, 6);
  });
});

describe('pictures', () => {
  it('keep bars in proportion, each pair on its own scale', () => {
    const bars = beforeAfterBars(
      [
        { name: 'ms', before: 4, after: 1, beforeText: '4', afterText: '1' },
        { name: 'bytes', before: 1000, after: 500, beforeText: '1000', afterText: '500' },
      ],
      't',
    );
    const widths = [...bars.matchAll(/<rect x="110" y="\d+" width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    assert.deepEqual(widths, [300, 75, 300, 150]);
  });

  it('show one wrong element among a million', () => {
    const counts = [1_000_000, 0, 1];
    const drawn = errorHistogram({ firstDecade: -3, counts, equal: 0 }, 't');
    const heights = [...drawn.matchAll(/height="([\d.]+)" fill/g)].map(([, height]) => Number(height));
    assert.ok(heights[3]! > 4 && heights[2] === 0, String(heights));
  });

  it('draw large maps by the worst of each cell', () => {
    const places = new Array<number>(200 * 100).fill(0);
    places[77 * 200 + 150] = 9;
    const drawn = errorMapPicture({ dims: [100, 200], places, channels: [9, 0] }, 't');
    assert.equal([...drawn.matchAll(/fill-opacity="1"/g)].length, 1);
    assert.ok(drawn.length < 200_000, `${drawn.length} characters`);
  });

  it('escape what they are told', () => {
    assert.ok(svg({ width: 1, height: 1, title: '<a>&"' }, []).includes('&#60;a&#62;&#38;&#34;'));
    for (const words of ['', 'a', 'ab', 'abc', '模型'])
      assert.equal(Buffer.from(dataUri(words).split(',')[1]!, 'base64').toString('utf8'), words);
  });
});
