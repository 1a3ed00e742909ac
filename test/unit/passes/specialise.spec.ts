import assert from 'node:assert/strict';
import { bakedSizes } from '../../../src/core/passes/bakedSizes';
import { bindInputs, candidateBindings, symbolicDims } from '../../../src/core/passes/specialise';
import { decodeBuilt, type TypeSpec } from '../../support/onnxBuilder';
import { fixtureModel, ints } from './support';

function convModel(inputs: Record<string, TypeSpec>) {
  const first = Object.keys(inputs)[0]!;
  return decodeBuilt({
    inputs,
    outputs: { y: ['float32', null] },
    initializers: { w: { dims: [8, 3, 3, 3], data: () => 1 } },
    nodes: [{ op: 'Conv', inputs: [first, 'w'], outputs: ['y'], attrs: { group: 2 } }],
  });
}

describe('specialise', () => {
  const dynamic = convModel({ x: ['float32', ['N', null, 'H', 'W']], mask: ['float32', ['N', 'H']] });

  it('lists symbols once, and names what has none', () => {
    assert.deepEqual(symbolicDims(dynamic), ['N', 'x.1', 'H', 'W']);
    assert.deepEqual(symbolicDims(convModel({ x: ['float32', [1, 6, 8, 8]] })), []);
  });

  it('keeps its own names apart from the symbols', () => {
    const model = convModel({ x: ['float32', [null, 6, 'x.0', 8]] });
    assert.deepEqual(symbolicDims(model), ['x.0_', 'x.0']);
  });

  it('proposes batch 1 first, images from small to large, and the channels that the kernel wants', () => {
    const candidates = candidateBindings(dynamic);
    assert.ok(candidates.length >= 3);
    assert.deepEqual(Object.fromEntries(candidates[0]!), { N: 1, 'x.1': 6, H: 32, W: 32 });
    assert.deepEqual([...new Set(candidates.map((binding) => binding.get('N')))], [1, 2, 4]);
    const heights = candidates.map((binding) => binding.get('H')!);
    assert.ok(heights.some((height) => height % 2 === 1) && heights.some((height) => height % 2 === 0));
    assert.ok(candidates.some((binding) => binding.get('H') !== binding.get('W')));
    assert.equal(new Set(candidates.map((binding) => JSON.stringify([...binding]))).size, candidates.length);
  });

  it('proposes one empty binding for a static model', () => {
    assert.deepEqual(candidateBindings(convModel({ x: ['float32', [1, 6, 8, 8]] })), [new Map()]);
  });

  it('tries only batches where only the batch is free', () => {
    const candidates = candidateBindings(convModel({ x: ['float32', ['batch_size', 6, 8, 8]] }));
    assert.deepEqual(
      candidates.map((binding) => [...binding.values()]),
      [[1], [2], [4]],
    );
  });

  it('finds the sizes that an exporter baked in, and tries them first', () => {
    assert.deepEqual(bakedSizes(fixtureModel('seed_dbb.legacy.onnx')), new Map([['N', 2]]));
    const anysize = fixtureModel('seed_dbb_anysize.legacy.onnx');
    const baked = { N: 2, H: 16, W: 18 };
    assert.deepEqual(Object.fromEntries(bakedSizes(anysize)), baked);
    const [first, second] = candidateBindings(anysize);
    assert.deepEqual(Object.fromEntries(first!), baked);
    assert.deepEqual(Object.fromEntries(second!), { N: 1, H: 32, W: 32 });
    assert.equal(bakedSizes(dynamic).size, 0);
  });

  it('gives the inputs their shapes, but not those that have a default', () => {
    const model = decodeBuilt({
      inputs: { x: ['float32', ['N', 4]], scale: ['int64', [2]] },
      outputs: { y: ['float32', null] },
      initializers: { scale: ints(2, 3) },
      nodes: [{ op: 'Reshape', inputs: ['x', 'scale'], outputs: ['y'] }],
    });
    assert.deepEqual([...bindInputs(model, new Map([['N', 3]]))], [['x', [3, 4]]]);
    assert.throws(() => bindInputs(model, new Map()), /Size "N" of input "x" is not bound/);
    assert.throws(() => bindInputs(model, new Map([['N', 0]])), /must be a whole number/);
    const rankless = convModel({ x: ['float32', null] });
    assert.throws(() => bindInputs(rankless, new Map()), /Input "x" has no known rank/);
  });
});
