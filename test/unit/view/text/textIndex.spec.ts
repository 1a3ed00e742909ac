import assert from 'node:assert/strict';
import { onnxText } from '../../../../src/core/view/text/onnxText';
import { TextIndex } from '../../../../src/core/view/text/textIndex';
import { detectFixture } from '../../../support/models';

describe('the index of a text', () => {
  const text = onnxText(detectFixture('models/repvgg.legacy.onnx'));
  const index = new TextIndex(text);
  const lines = text.text.split('\n');

  it('finds the value at a position, from its first character to behind its last', () => {
    const line = 20;
    const column = lines[line]?.indexOf('"/Add_output_0"') ?? -1;
    for (const offset of [0, 5, '"/Add_output_0"'.length])
      assert.equal(text.names[index.at(line, column + offset)?.value ?? -1], '/Add_output_0');
    assert.equal(index.at(line, column - 2), null);
  });

  it('finds nothing on lines without values, outside the text and beside it', () => {
    assert.equal(index.at(1, 4), null);
    assert.equal(index.at(-1, 0), null);
    assert.equal(index.at(lines.length + 5, 0), null);
  });

  it('lists where a value stands, the definition among them', () => {
    const places = index.occurrences(text.names.indexOf('/Add_1_output_0'));
    assert.deepEqual(
      places.map(({ line, defined }) => [line, defined]),
      [
        [22, true],
        [23, false],
      ],
    );
  });

  it('agrees with a search of every line', () => {
    lines.forEach((line, number) => {
      for (let column = 0; column <= line.length; column++) {
        const place = index.at(number, column);
        if (place === null) continue;
        const name = line.slice(place.column, place.end).replace(/"/g, '');
        assert.equal(name, text.names[place.value]);
      }
    });
  });

  it('says which block a line belongs to', () => {
    assert.equal(index.blockAt(19)?.id, 'b0');
    assert.equal(index.blockAt(23), null);
  });

  it('says where a block and its nodes stand, in runs of lines', () => {
    const block = text.blocks[0]!;
    const runs = index.linesOf({ block: 'b0', node: null });
    const all = runs.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, offset) => first + offset),
    );
    assert.deepEqual(all, block.lines);
    for (const { name, line } of text.nodes)
      assert.deepEqual(index.linesOf({ block: null, node: name }), [{ first: line, last: line }]);
  });

  it('shows the block of a node that has no line, and nothing for what is not there', () => {
    assert.deepEqual(
      index.linesOf({ block: 'b0', node: 'inlined/Conv' }),
      index.linesOf({ block: 'b0', node: null }),
    );
    assert.deepEqual(index.linesOf({ block: 'b9', node: null }), []);
    assert.deepEqual(index.linesOf({ block: null, node: null }), []);
  });
});
