import assert from 'node:assert/strict';
import fc from 'fast-check';
import { convAxis, pointAxis, type Axis } from '../../../src/core/algebra/geometry/axis';
import type { Geometry } from '../../../src/core/algebra/geometry/geometry';
import { kernelTensors, treeSize, type KernelExpr } from '../../../src/core/algebra/kernel/kernelExpr';
import { kernelRows } from '../../../src/core/algebra/kernel/kernelRows';
import type { VectorExpr } from '../../../src/core/algebra/kernel/vectorExpr';
import {
  affine,
  averagePool,
  composeInside,
  conv,
  identity,
  points,
  selectRows,
  stack,
  sum,
  type Operator,
} from '../../../src/core/algebra/operator';
import { isRefused, type AlgebraRefusal } from '../../../src/core/algebra/refusal';
import type { NodeSpec } from '../../support/onnxBuilder';
import { assertImpulseResponse, doubles, positives, type Reference } from './impulse';

const axis = (kernel: number, pad: number, stride = 1, dilation = 1): Axis =>
  convAxis({ kernel, dilation, padBegin: pad, padEnd: pad, stride });

function geometry(channels: readonly [number, number], axes: readonly Axis[], groups = 1): Geometry {
  return { inChannels: channels[0], outChannels: channels[1], groups, axes };
}

function built(value: Operator | AlgebraRefusal): Operator {
  assert.ok(!isRefused(value), isRefused(value) ? value.message : '');
  return value;
}

/** The Conv node and the operator of one convolution, under one name. */
function convolution(name: string, shape: Geometry, input = 'x', output = 'y', seed = 1) {
  const { axes } = shape;
  const dims = [shape.outChannels, shape.inChannels / shape.groups, ...axes.map(({ count }) => count)];
  const end = ({ slack, first, count, step }: Axis): number => slack + first + (count - 1) * step;
  const node: NodeSpec = {
    op: 'Conv',
    inputs: [input, `${name}.w`, `${name}.b`],
    outputs: [output],
    attrs: {
      pads: { ints: [...axes.map(({ first }) => -first), ...axes.map(end)] },
      strides: { ints: axes.map(({ stride }) => stride) },
      dilations: { ints: axes.map(({ step }) => step) },
      group: shape.groups,
    },
  };
  return {
    node,
    constants: { [`${name}.w`]: doubles(dims, seed), [`${name}.b`]: doubles([shape.outChannels], seed + 50) },
    operator: conv(shape, `${name}.w`, `${name}.b`),
  };
}

const bnConstants = (channels: number): Reference['constants'] => ({
  gamma: doubles([channels], 11),
  beta: doubles([channels], 12),
  mean: doubles([channels], 13),
  variance: positives(channels, 14),
});
const bnNode = (input: string, output: string): NodeSpec => ({
  op: 'BatchNormalization',
  inputs: [input, 'gamma', 'beta', 'mean', 'variance'],
  outputs: [output],
  attrs: { epsilon: 0.001 },
});
const epsilon = Math.fround(0.001);
const BN_SCALE: VectorExpr = { kind: 'bnScale', gamma: 'gamma', variance: 'variance', epsilon };
const BN_SHIFT: VectorExpr = { ...BN_SCALE, kind: 'bnShift', beta: 'beta', mean: 'mean' };

describe('kernel rows are impulse responses', () => {
  it('of a convolution: groups, stride, dilation, uneven kernel', () => {
    const shape = geometry([4, 6], [axis(3, 1, 2, 2), axis(2, 1)], 2);
    const { node, constants, operator } = convolution('c', shape);
    assertImpulseResponse(operator, { constants, nodes: [node] });
  });

  it('in one and in three dimensions', () => {
    for (const axes of [[axis(5, 2)], [axis(3, 1), axis(1, 0), axis(2, 0)]]) {
      const { node, constants, operator } = convolution('c', geometry([2, 2], axes));
      assertImpulseResponse(operator, { constants, nodes: [node] });
    }
  });

  it('of BatchNormalization after a convolution', () => {
    const { node, constants, operator } = convolution(
      'c',
      geometry([2, 3], [axis(3, 1), axis(3, 1)]),
      'x',
      'c',
    );
    const nodes = [node, bnNode('c', 'y')];
    const expr = affine(operator, BN_SCALE, BN_SHIFT);
    assertImpulseResponse(expr, { constants: { ...constants, ...bnConstants(3) }, nodes });
  });

  it('of an identity with BatchNormalization', () => {
    const expr = affine(identity(3, 2), BN_SCALE, BN_SHIFT);
    assertImpulseResponse(expr, { constants: bnConstants(3), nodes: [bnNode('x', 'y')] });
  });

  it('of scales by constants: Mul, Div, Sub', () => {
    const constants = { s: positives(2, 3), d: positives(2, 4), m: { ...doubles([1, 2, 1, 1], 5) } };
    const shaped = (name: 's' | 'd') => ({ ...constants[name], dims: [2, 1, 1] });
    const nodes: NodeSpec[] = [
      { op: 'Mul', inputs: ['x', 's'], outputs: ['p'] },
      { op: 'Div', inputs: ['p', 'd'], outputs: ['q'] },
      { op: 'Sub', inputs: ['q', 'm'], outputs: ['y'] },
    ];
    const scaled = affine(identity(2, 2), { kind: 'tensor', name: 's' }, null);
    const divided = affine(scaled, { kind: 'reciprocal', of: { kind: 'tensor', name: 'd' } }, null);
    const expr = affine(divided, null, { kind: 'scaled', factor: -1, of: { kind: 'tensor', name: 'm' } });
    assertImpulseResponse(expr, { constants: { s: shaped('s'), d: shaped('d'), m: constants.m }, nodes });
  });

  it('of an average pool and of a strided copy', () => {
    const pool: NodeSpec = {
      op: 'AveragePool',
      inputs: ['x'],
      outputs: ['y'],
      attrs: { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 0], count_include_pad: 1 },
    };
    assertImpulseResponse(averagePool(3, [axis(3, 1, 2), axis(2, 0)]), { constants: {}, nodes: [pool] });
    const copy: NodeSpec = {
      op: 'MaxPool',
      inputs: ['x'],
      outputs: ['y'],
      attrs: { kernel_shape: [1, 1], strides: [2, 3] },
    };
    assertImpulseResponse(points(2, [pointAxis(2), pointAxis(3)]), { constants: {}, nodes: [copy] });
  });

  it('of a sum on a common lattice, groups that differ, coefficients 1 and −1', () => {
    const a = convolution('a', geometry([4, 4], [axis(3, 1), axis(1, 0)], 4), 'x', 'a', 1);
    const b = convolution('b', geometry([4, 4], [axis(3, 2, 1, 2), axis(3, 1)], 2), 'x', 'b', 2);
    const nodes: NodeSpec[] = [
      a.node,
      b.node,
      { op: 'Sub', inputs: ['a', 'b'], outputs: ['d'] },
      { op: 'Add', inputs: ['d', 'x'], outputs: ['y'] },
    ];
    const difference = built(
      sum(
        [
          { coefficient: 1, of: a.operator },
          { coefficient: -1, of: b.operator },
        ],
        [null, null],
      ),
    );
    const expr = built(
      sum(
        [
          { coefficient: 1, of: difference },
          { coefficient: 1, of: identity(4, 2) },
        ],
        [null, null],
      ),
    );
    assert.deepEqual([expr.geometry.groups, expr.geometry.axes[0]!.count], [2, 5]);
    assertImpulseResponse(expr, { constants: { ...a.constants, ...b.constants }, nodes });
  });

  it('of a concatenation of dense and grouped parts', () => {
    const a = convolution('a', geometry([4, 2], [axis(3, 1), axis(3, 1)]), 'x', 'a', 1);
    const b = convolution('b', geometry([4, 4], [axis(1, 0), axis(1, 0)], 4), 'x', 'b', 2);
    const nodes: NodeSpec[] = [
      a.node,
      b.node,
      { op: 'Concat', inputs: ['a', 'b', 'x'], outputs: ['y'], attrs: { axis: 1 } },
    ];
    const expr = built(stack([a.operator, b.operator, identity(4, 2)], [null, null]));
    assert.deepEqual([expr.geometry.outChannels, expr.geometry.groups], [10, 1]);
    assertImpulseResponse(expr, { constants: { ...a.constants, ...b.constants }, nodes });
  });

  it('of chosen output channels', () => {
    const { node, constants, operator } = convolution(
      'c',
      geometry([4, 4], [axis(3, 1), axis(1, 0)], 2),
      'x',
      'c',
    );
    const pick = { dtype: 'int64', dims: [3], data: [3, 0, 3] } as const;
    const nodes: NodeSpec[] = [
      node,
      { op: 'Gather', inputs: ['c', 'pick'], outputs: ['y'], attrs: { axis: 1 } },
    ];
    assertImpulseResponse(selectRows(operator, [3, 0, 3]), { constants: { ...constants, pick }, nodes });
    assert.equal(selectRows(operator, [0, 1, 2, 3]), operator, 'all of them in order: nothing to do');
  });

  it('of compositions, strides and groups included', () => {
    const cases: readonly (readonly [Geometry, Geometry])[] = [
      [geometry([2, 3], [axis(1, 0), axis(1, 0)]), geometry([3, 2], [axis(3, 0), axis(3, 0)])],
      [geometry([4, 4], [axis(3, 0), axis(1, 0)], 4), geometry([4, 6], [axis(1, 0), axis(3, 0)], 2)],
      [geometry([2, 2], [axis(2, 0, 2), axis(3, 0)]), geometry([2, 2], [axis(3, 0), axis(1, 0, 2)])],
      [geometry([2, 4], [axis(2, 0, 1, 2), axis(1, 0)]), geometry([4, 4], [axis(2, 0, 2, 2), axis(1, 0)], 4)],
    ];
    for (const [before, after] of cases) {
      const first = convolution('a', before, 'x', 'm', 1);
      const then = convolution('b', after, 'm', 'y', 2);
      assertImpulseResponse(composeInside(first.operator, then.operator), {
        constants: { ...first.constants, ...then.constants },
        nodes: [first.node, then.node],
      });
    }
  });

  it('of a composition inside a sum inside a composition', () => {
    const a = convolution('a', geometry([2, 2], [axis(1, 0), axis(1, 0)]), 'x', 'a', 1);
    const b = convolution('b', geometry([2, 2], [axis(3, 0), axis(3, 0)]), 'a', 'b', 2);
    const c = convolution('c', geometry([2, 2], [axis(3, 0), axis(3, 0)]), 'x', 'c', 3);
    const d = convolution('d', geometry([2, 1], [axis(2, 0), axis(1, 0)]), 's', 'y', 4);
    const inner = built(
      sum(
        [
          { coefficient: 1, of: composeInside(a.operator, b.operator) },
          { coefficient: 1, of: c.operator },
        ],
        [null, null],
      ),
    );
    const add: NodeSpec = { op: 'Add', inputs: ['b', 'c'], outputs: ['s'] };
    const constants = { ...a.constants, ...b.constants, ...c.constants, ...d.constants };
    assertImpulseResponse(composeInside(inner, d.operator), {
      constants,
      nodes: [a.node, b.node, c.node, add, d.node],
    });
  });

  it('of any two convolutions in a row', () => {
    const shape = fc.record({
      kernel: fc.integer({ min: 1, max: 3 }),
      dilation: fc.integer({ min: 1, max: 2 }),
      stride: fc.integer({ min: 1, max: 2 }),
    });
    const toAxis = (one: { kernel: number; dilation: number; stride: number }): Axis =>
      convAxis({ ...one, padBegin: 0, padEnd: 0 });
    const groups = fc.constantFrom(1, 2);
    fc.assert(
      fc.property(shape, shape, groups, groups, (one, two, g1, g2) => {
        const first = convolution('a', geometry([2, 4], [toAxis(one)], g1), 'x', 'm', 1);
        const then = convolution('b', geometry([4, 2], [toAxis(two)], g2), 'm', 'y', 2);
        assertImpulseResponse(composeInside(first.operator, then.operator), {
          constants: { ...first.constants, ...then.constants },
          nodes: [first.node, then.node],
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('kernel rows', () => {
  it('fill over what was there, in any order', () => {
    const { operator } = convolution('c', geometry([1, 2], [axis(2, 0)]));
    const weight = {
      dtype: 'float64',
      dims: [2, 1, 2],
      bytes: () => new Uint8Array(new Float64Array([1, 2, 3, 4]).buffer),
    } as const;
    const rows = kernelRows(operator, () => weight);
    const row = new Float64Array(2).fill(99);
    rows.fill(1, row);
    assert.deepEqual([...row], [3, 4]);
    rows.fill(0, row);
    assert.deepEqual([...row], [1, 2]);
  });

  it('name the tensors that they will read', () => {
    const shape = geometry([2, 2], [axis(1, 0)]);
    const expr = affine(conv(shape, 'w', 'b'), BN_SCALE, BN_SHIFT);
    assert.deepEqual([...kernelTensors(expr)].sort(), ['b', 'beta', 'gamma', 'mean', 'variance', 'w']);
  });

  it('of a tree that shares its parts are counted as a tree', () => {
    let expr: KernelExpr = identity(1, 1);
    for (let depth = 0; depth < 40; depth++)
      expr = built(
        sum(
          [
            { coefficient: 1, of: expr },
            { coefficient: 1, of: expr },
          ],
          [null],
        ),
      );
    assert.equal(treeSize(expr), 2 ** 41 - 1, 'known without a walk over all of it');
  });
});
