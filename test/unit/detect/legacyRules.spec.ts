import type { OnnxSpec } from '../../support/onnxBuilder';
import { assertMerges, assertRefuses } from './merges';
import { Net } from './net';
import { conv1, conv3, type Build } from './ruleCases';

/** What operators meant before opset 7. */
describe('rule: opsets before 7', () => {
  const DIMS = ['N', 4, 'H', 'W'] as const;
  const model = (opset: number, branch: Build): OnnxSpec => {
    const net = new Net();
    return net.spec(DIMS, net.node('Sum', [conv3(net), branch(net)]), { opset });
  };
  const scaled = (net: Net, attrs: Readonly<Record<string, number>>): string =>
    net.node('Mul', [conv1(net), net.constant([4, 1, 1])], attrs);
  const passed = (net: Net, attrs: Readonly<Record<string, number>>): string =>
    net.node('Dropout', [conv1(net)], attrs);

  const CASES: readonly (readonly [string, string, Build, Build])[] = [
    [
      'BatchNormalization trained unless told otherwise',
      'training-mode-bn',
      (net) => net.bn(conv1(net), 4),
      (net) => net.bn(conv1(net), 4, { is_test: 1 }),
    ],
    ['so did Dropout', 'nonlinear-op', (net) => passed(net, {}), (net) => passed(net, { is_test: 1 })],
    [
      'a constant stood at a stated axis',
      'broadcast',
      (net) => scaled(net, { broadcast: 1, axis: 0 }),
      (net) => scaled(net, { broadcast: 1 }),
    ],
  ];
  for (const [what, code, then, plain] of CASES) {
    it(what, () => {
      assertRefuses(model(6, then), code);
      assertMerges(model(6, plain), [[4, 4, 5, 6]]);
      assertMerges(model(7, then), [[4, 4, 5, 6]]);
    });
  }
});
