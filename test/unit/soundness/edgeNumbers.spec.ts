import assert from 'node:assert/strict';
import type { Model } from '../../../src/core/ir/model';
import { fuseModel } from '../../../src/core/pipeline';
import { unwrap } from '../../../src/core/result';
import type { OnnxSpec } from '../../support/onnxBuilder';
import { assertMerges, detectSpec, fusableBlocks } from '../detect/merges';
import { Net, type ConvOptions } from '../detect/net';

/** Numbers at the edge of what a file may hold: a merge that would spread what is no number is refused. */

const C = [4, 4] as const;
const ANY = ['N', 4, 'H', 'W'] as const;

/** A 3×3 convolution beside what `branch` makes. */
function beside(branch: (net: Net) => string, net = new Net()): { readonly net: Net; readonly sum: string } {
  const first = net.conv('x', C, 3, { pad: 1 });
  return { net, sum: net.node('Add', [first, branch(net)]) };
}

const point = (net: Net, options: ConvOptions = {}): string => net.conv('x', C, 1, options);

/** A 3×3 beside a 1×1 whose weights begin with this number. */
function withWeight(value: number, net = new Net()): OnnxSpec {
  const { sum } = beside((own) => {
    const weight = own.constant([4, 4, 1, 1], (i) => (i === 0 ? value : 0.5));
    return own.node('Conv', ['x', weight]);
  }, net);
  return net.spec(ANY, sum);
}

interface Bn {
  readonly gamma?: number;
  readonly mean?: number;
  readonly variance?: number;
  readonly epsilon?: number;
}

/** A 3×3 beside BN whose first channel has these numbers. */
function withBn({ gamma = 1, mean = 0.25, variance = 1, epsilon = 0 }: Bn, net = new Net()): OnnxSpec {
  const { sum } = beside((own) => {
    const vector = (first: number): string => own.constant([4], (i) => (i === 0 ? first : 1));
    const parameters = [vector(gamma), vector(0.5), vector(mean), vector(variance)];
    return own.node('BatchNormalization', ['x', ...parameters], { epsilon: { float: epsilon } });
  }, net);
  return net.spec(ANY, sum);
}

function byConstant(op: string, value: number): OnnxSpec {
  const { net, sum } = beside((own) => own.node(op, [point(own), own.constant([], [value])]));
  return net.spec(ANY, sum);
}

function assertOverflows(spec: OnnxSpec): void {
  const detection = detectSpec(spec);
  const { plan, model } = unwrap(fuseModel(detection));
  assert.deepEqual(plan.steps, []);
  assert.deepEqual(
    plan.refused.map(({ code }) => code),
    ['overflow'],
  );
  assert.match(
    plan.refused[0]!.message,
    /^The merged kernel has values that float\d\d cannot hold; [^\n]+\.$/,
  );
  const names = ({ graph }: Model): readonly string[] => graph.nodes.map((node) => node.name);
  assert.deepEqual(names(model), names(detection.analysis.original));
}

describe('numbers that are none', () => {
  for (const dtype of ['float32', 'float64'] as const) {
    for (const value of [NaN, Infinity, -Infinity]) {
      it(`a weight ${value} in ${dtype}`, () => {
        assertOverflows(withWeight(value, new Net(dtype)));
      });
    }
    it(`BN without variance in ${dtype}`, () => {
      assertOverflows(withBn({ variance: 0 }, new Net(dtype)));
      assertOverflows(withBn({ variance: 0, mean: 0 }, new Net(dtype)));
      assertOverflows(withBn({ variance: 0, gamma: 0 }, new Net(dtype)));
    });
  }

  it('BN of a negative variance, an endless or undefined mean', () => {
    assertOverflows(withBn({ variance: -1, epsilon: 0.5 }));
    assertOverflows(withBn({ mean: Infinity }));
    assertOverflows(withBn({ mean: NaN, gamma: 0 }));
  });

  it('a division by zero', () => {
    assertOverflows(byConstant('Div', 0));
  });

  it('a sum beyond float32', () => {
    const net = new Net('float32');
    const heavy = (): string => net.node('Conv', ['x', net.constant([4, 4, 1, 1], () => 3e38)]);
    const sum = net.node('Add', [heavy(), heavy()]);
    assertOverflows(net.spec(ANY, sum));
  });
});

/** A 3×3 beside a 1×1 plus a constant written out for every place, 0.5 everywhere but here. */
function withMap(at: number, value: number): OnnxSpec {
  const { net, sum } = beside((own) => {
    const map = own.constant([1, 4, 2, 3], (i) => (i === at ? value : 0.5));
    return own.node('Add', [point(own), map]);
  });
  return net.spec([1, 4, 2, 3], sum);
}

describe('a constant written out', () => {
  it('is a number a channel where it is the same everywhere', () => {
    assertMerges(withMap(0, 0.5), [[1, 4, 2, 3]]);
  });

  for (const [what, at] of [
    ['first', 0],
    ['last', 23],
  ] as const) {
    for (const value of [NaN, Infinity, 0.25]) {
      it(`is none where the ${what} place holds ${value}`, () => {
        assert.deepEqual(fusableBlocks(detectSpec(withMap(at, value))), []);
      });
    }
  }
});

describe('numbers that are unusual', () => {
  const shapes = [[2, 4, 5, 6]];
  const CASES: readonly (readonly [string, OnnxSpec])[] = [
    ['BN of gamma 0', withBn({ gamma: 0 })],
    ['BN of a negative gamma', withBn({ gamma: -2 })],
    ['BN of variance 0 with an epsilon', withBn({ variance: 0, epsilon: 1e-3 })],
    ['BN of a small variance', withBn({ variance: 1e-4 })],
    ['a weight of −0', withWeight(-0)],
    ['a weight below the smallest normal number', withWeight(1e-310)],
    ['a negative factor', byConstant('Mul', -1.5)],
    ['a factor of 0', byConstant('Mul', 0)],
    ['a negative divisor', byConstant('Div', -3)],
  ];
  for (const [title, spec] of CASES) {
    it(title, () => void assertMerges(spec, shapes));
  }

  it('a negative slope of an activation is no factor', () => {
    const { net, sum } = beside((own) => own.node('LeakyRelu', [point(own)], { alpha: -0.5 }));
    assert.deepEqual(fusableBlocks(detectSpec(net.spec(ANY, sum))), []);
  });
});
