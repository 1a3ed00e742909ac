import assert from 'node:assert/strict';
import { evaluateGraph } from '../../../src/core/eval/evaluateGraph';
import { extractOnnx } from '../../../src/core/onnx/extract';
import { ProblemError } from '../../../src/core/result';
import type { NdArray } from '../../../src/core/tensor/tensor';
import { decodeBuilt, decodeBytes } from '../../support/onnxBuilder';
import { runWasm } from '../../support/models';

const model = decodeBuilt({
  inputs: { x: ['float32', [1, 2, 4, 4]], z: ['float32', [1]] },
  outputs: { y: ['float32', null] },
  initializers: {
    w: { dims: [2, 2, 1, 1], data: [1, 2, 3, 4] },
    unused: { dims: [1], data: [5] },
  },
  // a size that the part is not bound to
  valueInfo: { c: ['float32', [1, 2, 4, 4]] },
  nodes: [
    { op: 'Relu', inputs: ['x'], outputs: ['r'] },
    { op: 'Conv', inputs: ['r', 'w'], outputs: ['c'] },
    { op: 'Constant', inputs: [], outputs: ['k'], attrs: { value: { tensor: { dims: [], data: [10] } } } },
    { op: 'Add', inputs: ['c', 'k'], outputs: ['s'] },
    { op: 'Mul', inputs: ['s', 'z'], outputs: ['y'] },
  ],
});
const open = { dtype: 'float32', dims: [null, null, null, null] } as const;

describe('extractOnnx', () => {
  it('writes what lies between two values, and nothing else', () => {
    const part = decodeBytes(
      extractOnnx(model, [{ name: 'r', type: open }], [{ name: 's', type: open }]),
    ).graph;
    assert.deepEqual(
      part.nodes.map((node) => node.opType),
      ['Conv', 'Constant', 'Add'],
    );
    assert.deepEqual([...part.initializers.keys()], ['w']);
    assert.deepEqual(
      [part.inputs, part.outputs].map((values) => values.map((value) => value.name)),
      [['r'], ['s']],
    );
    assert.equal(part.valueTypes.size, 0);
  });

  it('runs at a size that the model has not', async () => {
    const bytes = extractOnnx(model, [{ name: 'r', type: open }], [{ name: 's', type: open }]);
    const r: NdArray = {
      dtype: 'float32',
      dims: [2, 2, 1, 3],
      data: Float64Array.from({ length: 12 }, (_, i) => i - 5),
    };
    const ran = (await runWasm(bytes, { r })).get('s');
    const exact = evaluateGraph(model, new Map([['r', r]]), { outputs: ['s'] }).get('s');
    assert.deepEqual(ran?.dims, [2, 2, 1, 3]);
    // small whole numbers: exact in float32
    assert.deepEqual(ran.data, exact?.data);
  });

  it('names an input that the part also needs', () => {
    const extract = () => extractOnnx(model, [{ name: 'r', type: open }], [{ name: 'y', type: open }]);
    assert.throws(extract, (error) => error instanceof ProblemError && error.message.includes('"z"'));
  });

  it('takes a part of a model of another format', () => {
    const other = { ...model, format: 'pt2' as const, source: null };
    const part = decodeBytes(extractOnnx(other, [{ name: 'x', type: open }], [{ name: 'r', type: open }]));
    assert.deepEqual(
      part.graph.nodes.map(({ opType }) => opType),
      ['Relu'],
    );
  });
});
