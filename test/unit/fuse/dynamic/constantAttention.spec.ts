import assert from 'node:assert/strict';
import { roundingBound } from '../../../../src/core/eval/rounding';
import { fixture, FLOAT32, fused, inputOf, opCount, output } from './support';

/** Weights, where they are the same for every input. */
const WEIGHTS: Readonly<Record<string, RegExp>> = {
  'const_zero.dynamo': /weights 0\.\d+(, 0\.\d+){3} for every input/,
  'const_one.dynamo': /weights 1 for every input/,
  'constf.legacy': /weights 0\.\d+(, 0\.\d+){3} for every input/,
  'constf.dynamo': /weights 0\.\d+(, 0\.\d+){3} for every input/,
};

for (const [name, note] of Object.entries(WEIGHTS)) {
  describe(`constant attention in ${name}`, () => {
    const original = fixture(`${name}.onnx`);
    const [block] = original.blocks;
    const merged = fused(original);

    it('is told with its weights', () => {
      assert.equal(block?.family, 'DynamicConv');
      assert.match(block?.dynamic?.description.notes[0] ?? '', note);
      assert.match(block?.branches[0]?.label ?? '', /^attention: constant over \d$/);
    });

    it('becomes one static convolution, its attention gone', () => {
      assert.deepEqual(
        merged.analysis.model.graph.nodes.map(({ opType }) => opType),
        ['Conv', 'Relu'],
      );
      assert.equal(opCount(merged.analysis.model, 'Conv'), 1);
    });

    it('computes the same', () => {
      const feeds = new Map([['x', inputOf(original)]]);
      const was = output(original.analysis.model, feeds);
      const is = output(merged.analysis.model, feeds);
      const largest = was.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = was.data.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (is.data[at] as number))),
        0,
      );
      // one rounding of each weight; with 72 products a sum stays below 64 of the largest value
      assert.ok(worst <= roundingBound(64, FLOAT32) * largest, `${worst}`);
    });
  });
}

it('does not take an attention for constant whose last weights are not zero', () => {
  const [block] = fixture('kernel_grouped.dynamo.onnx').blocks;
  assert.match(block?.branches[0]?.label ?? '', /^attention: softmax over 3/);
});
