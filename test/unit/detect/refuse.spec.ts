import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { detectFixture, FIXTURES, fuseToBytes } from '../../support/models';
import { decodeBytes } from '../../support/onnxBuilder';
import { fusableBlocks } from './merges';

const folder = join(FIXTURES, 'refuse');
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Readonly<
  Record<string, string>
>;

/** Of these, listing nothing is right too: there is no block that nearly was. */
const MAY_BE_EMPTY = new Set([
  'plain_resnet',
  'seed_downconv',
  'relu_between',
  'two_sources',
  'stride_mismatch',
]);

describe('real exports that must not be merged', () => {
  it('are all here', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
    assert.deepEqual(files.map((name) => name.replace('.onnx', '')).sort(), Object.keys(expected).sort());
    assert.ok(files.length >= 13);
  });

  for (const [name, code] of Object.entries(expected)) {
    if (name === 'spatial_bias') continue;
    it(`${name}: ${code}${MAY_BE_EMPTY.has(name) ? ', or nothing' : ''}`, () => {
      const { blocks } = detectFixture(`refuse/${name}.onnx`);
      assert.deepEqual(fusableBlocks({ blocks }), []);
      if (blocks.length === 0) assert.ok(MAY_BE_EMPTY.has(name), 'says nothing');
      for (const block of blocks) {
        assert.equal(block.refusal?.code, code);
        assert.match(block.refusal.message, /^[^\n]+\.\)?$/);
        const known = new Set(block.region.nodes.map((node) => node.name));
        assert.ok(
          block.refusal.nodes.some((node) => known.has(node)),
          'names a node of the block',
        );
      }
    });
  }

  it('spatial_bias: its two convolutions merge, the constant stays outside and is named', () => {
    const detection = detectFixture('refuse/spatial_bias.onnx');
    assert.deepEqual(
      detection.blocks.map((block) => [block.id, block.status, block.refusal?.code ?? null]),
      [
        ['b0', 'fusable', null],
        ['b1', 'refused', 'spatially-varying'],
      ],
    );
    const { nodes } = decodeBytes(fuseToBytes(detection)).graph;
    assert.deepEqual(
      nodes.map((node) => node.opType),
      ['Conv', 'Add', 'Relu'],
    );
  });
});
