import assert from 'node:assert/strict';
import { detect } from '../../../src/core/detect/detect';
import { nodeView, tensorView } from '../../../src/core/view/nodeView';
import { decodeBuilt } from '../../support/onnxBuilder';

const detection = detect(
  decodeBuilt({
    inputs: { x: ['float32', ['N', 2, 4, 4]] },
    outputs: { y: ['float32', null] },
    initializers: {
      w: { dims: [1, 2, 1, 2], data: [-1, 0, 0, 3] },
      odd: { dims: [4], data: [NaN, 1, Infinity, 1] },
      empty: { dims: [0], data: [] },
    },
    nodes: [
      {
        op: 'Conv',
        name: 'conv',
        inputs: ['x', 'w', ''],
        outputs: ['y'],
        attrs: { pads: [0, 0, 0, 1], group: 1 },
      },
    ],
  }),
);

describe('a node on click', () => {
  it('tells its attributes, what it reads and what it makes', () => {
    assert.deepEqual(nodeView(detection, 'conv'), {
      name: 'conv',
      opType: 'Conv',
      domain: '',
      attributes: [
        { name: 'pads', value: '[0, 0, 0, 1]' },
        { name: 'group', value: '1' },
      ],
      inputs: [
        { name: 'x', dtype: 'float32', dims: ['N', 2, 4, 4], constant: false },
        { name: 'w', dtype: 'float32', dims: [1, 2, 1, 2], constant: true },
      ],
      outputs: [{ name: 'y', dtype: 'float32', dims: ['N', 1, 4, 4], constant: false }],
    });
    assert.equal(nodeView(detection, 'none'), null);
  });
});

describe('a weight on click', () => {
  it('tells its statistics', () => {
    const view = tensorView(detection, 'w');
    assert.ok(view);
    const { histogram, ...figures } = view;
    assert.deepEqual(figures, {
      name: 'w',
      dtype: 'float32',
      dims: [1, 2, 1, 2],
      min: -1,
      max: 3,
      mean: 0.5,
      std: Math.sqrt((1.5 ** 2 + 2 * 0.5 ** 2 + 2.5 ** 2) / 4),
      zeros: 2,
      notFinite: 0,
    });
    assert.deepEqual([histogram.length, histogram[0], histogram[8], histogram.at(-1)], [32, 1, 2, 1]);
  });

  it('leaves out what is no number', () => {
    const view = tensorView(detection, 'odd');
    assert.deepEqual([view?.min, view?.max, view?.mean, view?.std, view?.notFinite], [1, 1, 1, 0, 2]);
    assert.deepEqual(view?.histogram[0], 2);
  });

  it('of nothing is null or zeros', () => {
    assert.equal(tensorView(detection, 'x'), null);
    const view = tensorView(detection, 'empty');
    if (view !== null) assert.deepEqual([view.min, view.max, view.mean, view.std], [0, 0, 0, 0]);
  });
});
