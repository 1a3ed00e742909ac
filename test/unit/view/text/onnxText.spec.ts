import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxText, type OnnxText } from '../../../../src/core/view/text/onnxText';
import { companionFiles } from '../../../../src/platform/node/companionFiles';
import { openModel } from '../../../../src/core/pipeline';
import { unwrap } from '../../../../src/core/result';
import { buildOnnx } from '../../../support/onnxBuilder';
import { detectBytes, detectFixture, FIXTURES } from '../../../support/models';
import { cpuTime } from '../../../support/cpuTime';

const GOLDENS = join(FIXTURES, 'text');

const lineOf = ({ text }: OnnxText, line: number): string => text.split('\n')[line] ?? '';

/** Every occurrence of a value by the index: "line:role". */
function placesOf(text: OnnxText, name: string): readonly string[] {
  const number = text.names.indexOf(name);
  const found: string[] = [];
  for (let at = 0; at < text.places.length; at += 4) {
    const [line = 0, from = 0, to = 0, value = 0] = text.places.subarray(at, at + 4);
    if (value >> 1 !== number) continue;
    // what the index says stands there
    assert.equal(lineOf(text, line).slice(from, to).replace(/"/g, ''), name);
    found.push(`${line} ${value & 1 ? 'defined' : 'used'}`);
  }
  return found;
}

describe('a model as text', () => {
  // `UPDATE_GOLDENS=1` writes them; ONNX's own parser and printer were compared with them, weights in full, when they were made
  for (const name of ['models/repvgg.legacy', 'models/seed_repcpe.dynamo', 'onnx/everything'])
    it(`writes ${name} as it is checked in`, () => {
      const { text } = onnxText(detectFixture(`${name}.onnx`));
      const golden = join(GOLDENS, `${name.replace('/', '.')}.txt`);
      if (process.env['UPDATE_GOLDENS']) writeFileSync(golden, text);
      assert.equal(text, readFileSync(golden, 'utf8'));
    });

  it('knows where each value is made and read', () => {
    const text = onnxText(detectFixture('models/repvgg.legacy.onnx'));
    assert.deepEqual(placesOf(text, 'x'), ['6 defined', '18 used', '19 used', '21 used']);
    assert.deepEqual(placesOf(text, '/Add_output_0'), ['20 defined', '22 used']);
    assert.equal(text.types[text.names.indexOf('/Add_output_0')], 'float[N,12,14,14]');
    assert.equal(text.types[text.names.indexOf('onnx::Conv_27')], 'float[12,12,3,3]');
  });

  it('keeps the values of a function apart from those of the graph', () => {
    const text = onnxText(detectFixture('onnx/everything.onnx'));
    const lines = text.text.split('\n');
    const call = lines.findIndex((line) => line.includes('my.Twice'));
    assert.deepEqual(placesOf(text, 'tw'), [
      `${call} defined`,
      `${lines.findIndex((line) => line.includes('Odd '))} used`,
    ]);
    const inner = text.names.indexOf('s', text.names.indexOf('s') + 1);
    assert.ok(inner > text.names.indexOf('s'), 'the weight "s" and the value "s" of the function');
    assert.equal(text.types[inner], '');
  });

  it('says where a block is, what it becomes, and where a near miss goes wrong', () => {
    const text = onnxText(detectFixture('models/repvgg.legacy.onnx'));
    const [block] = text.blocks;
    assert.deepEqual(
      [block?.id, block?.family, block?.status, block?.branches, block?.merged],
      ['b0', 'RepVGG', 'fusable', 3, 'Conv 3×3'],
    );
    assert.deepEqual(block?.lines, [18, 19, 20, 21, 22]);
    const refused = onnxText(detectFixture('refuse/reflect_branch.onnx'));
    const [miss] = refused.blocks;
    assert.equal(miss?.refusal?.code, 'padding-mode');
    for (const line of miss?.faultLines ?? [])
      assert.ok(
        miss?.refusal?.nodes.some((node) => lineOf(refused, line).includes(`[${JSON.stringify(node)}]`)),
        lineOf(refused, line),
      );
  });

  it('folds modules under a comment that names them', () => {
    const text = onnxText(detectFixture('families/dbbStride2.legacy.onnx'));
    const modules = text.folds.filter(({ kind }) => kind === 'module');
    assert.ok(modules.length > 3);
    for (const { name, first, last } of modules) {
      assert.match(lineOf(text, first), new RegExp(`^ +# ${name.replace(/\./g, '\\.')}, \\d+ nodes$`));
      assert.match(lineOf(text, last), /^ {3}\[/);
    }
  });

  it('names the place of weights that lie in another file, without reading it', () => {
    const path = join(FIXTURES, 'onnx', 'external.onnx');
    const file = { fileName: path, bytes: readFileSync(path), companions: companionFiles(path) };
    const { text } = onnxText(unwrap(openModel(file)), { inline: 0 });
    assert.match(text, /= \["location": "external\.bin"/);
  });

  it('keeps a name with a line end, a quote or a bracket on one line', () => {
    const evil = 'a"\n] = Evil (\\';
    const { text, nodes } = onnxText(
      detectBytes(
        buildOnnx({
          inputs: { x: ['float32', [2]] },
          outputs: { [evil]: ['float32', [2]] },
          initializers: {},
          nodes: [{ op: 'Relu', inputs: ['x'], outputs: [evil] }],
        }),
      ),
    );
    assert.equal(nodes.length, 1);
    assert.ok(text.includes('"a\\" ] = Evil (\\\\" = Relu (x)'), text);
  });

  it('writes 14,000 nodes in well under a second', () => {
    const count = 14_000;
    const bytes = buildOnnx({
      inputs: { x: ['float32', [1, 4, 8, 8]] },
      outputs: { [`v${count}`]: ['float32', [1, 4, 8, 8]] },
      initializers: { w: { dims: [4, 4, 3, 3], data: () => 0 } },
      nodes: Array.from({ length: count }, (_, at) => ({
        op: at % 2 === 0 ? 'Conv' : 'Relu',
        name: `/blocks.${Math.floor(at / 7)}/inner/op${at}`,
        inputs: at % 2 === 0 ? [at === 0 ? 'x' : `v${at}`, 'w'] : [`v${at}`],
        outputs: [`v${at + 1}`],
        ...(at % 2 === 0 ? { attrs: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } } : {}),
      })),
    });
    const detection = detectBytes(bytes);
    const { value, milliseconds: took } = cpuTime(() => onnxText(detection));
    const { nodes, text } = value;
    assert.equal(nodes.length, count);
    assert.ok(text.length > 1_000_000);
    assert.ok(took < 2000, `it took ${took.toFixed(0)} ms`);
    console.log(`      14,000 nodes in ${took.toFixed(0)} ms`);
  });
});
