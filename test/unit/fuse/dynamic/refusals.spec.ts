import assert from 'node:assert/strict';
import { detect, type Detection } from '../../../../src/core/detect/detect';
import type { Model } from '../../../../src/core/ir/model';
import { fuseModel } from '../../../../src/core/pipeline';
import { unwrap } from '../../../../src/core/result';
import type { DType } from '../../../../src/core/tensor/dtype';
import { decodeBuilt, type NodeSpec } from '../../../support/onnxBuilder';
import { blockFeeds, boundRatio, fixture, inputOf, opCount, output, wave } from './support';

describe('a dynamic convolution that must stay as it is', () => {
  it('is refused where a value inside is an output of the model', () => {
    const [block] = withOutput('node_conv2d_2', 'conv2d_2').blocks;
    assert.equal(block?.family, 'DynamicConv');
    assert.equal(block.refusal?.code, 'extra-consumer');
  });

  it('is folded no further than a value that is read elsewhere', () => {
    // the result before the BN is an output, so the BN stays and nothing is left to do
    const [block] = withOutput('node_view_5', 'view_5').blocks;
    assert.equal(block?.refusal?.code, 'dynamic-coefficient');
    assert.equal(block.region.sink, 'view_5');
  });

  it('can be freed of its batch only where its values are its own', () => {
    const result = fuseModel(withOutput('node_conv2d_2', 'conv2d_2'), undefined, { batchFree: true });
    assert.equal(result.ok, false);
    if (!result.ok) assert.match(result.problem.message, /can't be freed of its batch/);
  });
});

describe('half precision', () => {
  it('is folded in float64 and rounded once', () => {
    const detection = detect(decodeBuilt(small('float16', 1.5)));
    const { plan, model } = unwrap(fuseModel(detection));
    assert.deepEqual([plan.steps.length, opCount(model, 'BatchNormalization')], [1, 0]);
    const bank = [...model.graph.initializers].find(([name]) => name.endsWith('.bank'));
    assert.equal(bank?.[1].dtype, 'float16');
    const feeds = new Map([['x', wave([1, 2, 5, 5])]]);
    const [was, is] = [output(detection.analysis.model, feeds), output(model, feeds)];
    const largest = was.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // 18 products, each weight rounded once to 11 bits
    const worst = was.data.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (is.data[at] ?? NaN))),
      0,
    );
    assert.ok(worst > 0 && worst <= 18 * 2 ** -11 * largest, `${worst}`);
  });

  it('is refused where a folded kernel leaves its range', () => {
    const { plan } = unwrap(fuseModel(detect(decodeBuilt(small('float16', 60000)))));
    assert.deepEqual(
      plan.refused.map(({ code }) => code),
      ['overflow'],
    );
  });

  it('is refused where a folded kernel is no number, in float32 too', () => {
    const { plan } = unwrap(fuseModel(detect(decodeBuilt(small('float32', NaN)))));
    assert.deepEqual(
      plan.refused.map(({ code }) => code),
      ['overflow'],
    );
  });

  it('does not mind the same numbers in float32', () => {
    const { plan } = unwrap(fuseModel(detect(decodeBuilt(small('float32', 60000)))));
    assert.equal(plan.steps.length, 1);
  });
});

describe('a static branch beside an attention', () => {
  it('stays outside where absorbing it would cost more than it saves', () => {
    // a 1×1 dynamic kernel next to a 15×15 depthwise one: all kernels of the bank would become dense 15×15
    const detection = detect(decodeBuilt(besideLarge()));
    const block = detection.blocks.find(({ family }) => family === 'DynamicConv');
    assert.notEqual(block?.status, 'fusable');
    assert.equal(block?.refusal?.code, 'dynamic-coefficient');
  });

  it('goes into the bank where it is small, and the sum is one convolution', () => {
    const original = fixture('beside_sigmoid.legacy.onnx');
    const [block] = original.blocks;
    const { model } = unwrap(fuseModel(original));
    assert.equal(opCount(model, 'Conv'), 1);
    assert.ok(block !== undefined);
    const feeds = blockFeeds(original, block, inputOf(original));
    assert.ok(boundRatio(original.analysis.model, model, feeds, block.region.sink) <= 1);
  });
});

/** seed_dynamic_conv with one more output. */
function withOutput(node: string, value: string): Detection {
  const { model } = fixture('seed_dynamic_conv.dynamo.onnx').analysis;
  const { graph } = model;
  assert.ok(graph.nodes.some(({ name, outputs }) => name === node && outputs.includes(value)));
  const outputs = [...graph.outputs, { name: value, type: null }];
  const changed: Model = { ...model, graph: { ...graph, outputs } };
  return detect(changed);
}

const numbers = (index: number): number => Math.sin(index * 1.3) + 0.1;

/** Attention over two kernels for a single image; the BN multiplies by `gamma`. */
function small(dtype: DType, gamma: number) {
  const tensor = (dims: readonly number[], data: (index: number) => number = numbers) => ({
    dtype,
    dims,
    data,
  });
  return {
    opset: 17,
    inputs: { x: [dtype, [1, 2, 5, 5]] },
    outputs: { y: [dtype, null] },
    initializers: {
      fc: tensor([2, 2]),
      bank: tensor([2, 36]),
      gamma: tensor([2], () => gamma),
      beta: tensor([2]),
      mean: tensor([2]),
      variance: tensor([2], () => 0.5),
      rows: { dtype: 'int64', dims: [2], data: [-1, 2] },
      kernel: { dtype: 'int64', dims: [4], data: [-1, 2, 3, 3] },
      fold: { dtype: 'int64', dims: [4], data: [1, -1, 5, 5] },
      unfold: { dtype: 'int64', dims: [4], data: [1, 2, 5, 5] },
    },
    nodes: [
      ...attention,
      { op: 'Reshape', inputs: ['x', 'fold'], outputs: ['folded'] },
      {
        op: 'Conv',
        inputs: ['folded', 'mixed'],
        outputs: ['convolved'],
        attrs: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], group: 1 },
      },
      { op: 'Reshape', inputs: ['convolved', 'unfold'], outputs: ['images'] },
      {
        op: 'BatchNormalization',
        inputs: ['images', 'gamma', 'beta', 'mean', 'variance'],
        outputs: ['y'],
      },
    ],
  } as const;
}

const attention: readonly NodeSpec[] = [
  { op: 'GlobalAveragePool', inputs: ['x'], outputs: ['pooled'] },
  { op: 'Reshape', inputs: ['pooled', 'rows'], outputs: ['flat'] },
  { op: 'MatMul', inputs: ['flat', 'fc'], outputs: ['logits'] },
  { op: 'Softmax', inputs: ['logits'], outputs: ['a'], attrs: { axis: 1 } },
  { op: 'MatMul', inputs: ['a', 'bank'], outputs: ['mix'] },
  { op: 'Reshape', inputs: ['mix', 'kernel'], outputs: ['mixed'] },
];

function besideLarge() {
  const tensor = (dims: readonly number[]) => ({ dims, data: numbers });
  return {
    opset: 17,
    inputs: { x: ['float32', [1, 32, 28, 28]] },
    outputs: { y: ['float32', null] },
    initializers: {
      fc: tensor([32, 4]),
      bank: tensor([4, 1024]),
      large: tensor([32, 1, 15, 15]),
      rows: { dtype: 'int64', dims: [2], data: [-1, 32] },
      kernel: { dtype: 'int64', dims: [4], data: [-1, 32, 1, 1] },
    },
    nodes: [
      ...attention,
      { op: 'Conv', inputs: ['x', 'mixed'], outputs: ['dynamic'], attrs: { kernel_shape: [1, 1] } },
      {
        op: 'Conv',
        inputs: ['x', 'large'],
        outputs: ['still'],
        attrs: { kernel_shape: [15, 15], pads: [7, 7, 7, 7], group: 32 },
      },
      { op: 'Add', inputs: ['dynamic', 'still'], outputs: ['sum'] },
      { op: 'Relu', inputs: ['sum'], outputs: ['y'] },
    ],
  } as const;
}
