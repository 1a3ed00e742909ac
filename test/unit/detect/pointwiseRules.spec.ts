import assert from 'node:assert/strict';
import { detectSpec } from './merges';
import { Net } from './net';
import { add, C, conv1, conv3, fails, holds } from './ruleCases';

describe('rule: BatchNormalization', () => {
  holds('after a convolution', (net) => add(net, net.bn(conv3(net), 4), net.bn(conv1(net), 4)));
  holds('after the join', (net) => net.bn(add(net, conv3(net), conv1(net)), 4));
  fails('in training mode', 'training-mode-bn', (net) =>
    add(net, net.bn(conv3(net), 4, { training_mode: 1 }), conv1(net)),
  );
  holds('before a convolution without pads', (net) =>
    add(net, net.conv(net.bn('x', 4), C, 3), net.conv('x', C, 3)),
  );
  fails('before a convolution with pads', 'border-mismatch', (net) =>
    add(net, conv3(net, net.bn('x', 4)), conv1(net)),
  );
});

describe('rule: Add, Sum, Sub, Neg, Mean', () => {
  holds('Sum of three', (net) => add(net, conv3(net), conv1(net), 'x'));
  holds('Sub, both ways round', (net) => net.node('Sub', [net.node('Sub', [conv3(net), 'x']), conv1(net)]));
  holds('Neg', (net) => add(net, conv3(net), net.node('Neg', [conv1(net)])));
  holds('Mean', (net) => net.node('Mean', [conv3(net), conv1(net), 'x']));
  holds('the same tensor twice', (net) => {
    const once = conv3(net);
    return add(net, once, once);
  });
  holds('nested joins', (net) => add(net, add(net, conv3(net), conv1(net)), add(net, conv1(net), 'x')));
  fails(
    'different strides',
    'stride-mismatch',
    (net) => {
      // at one output pixel the sizes agree all the same
      return add(net, net.conv('x', C, 3, { stride: 2 }), net.conv('x', C, 3, { stride: 3 }));
    },
    [1, 4, 3, 3],
  );
  fails(
    'spatial broadcasting',
    'broadcast',
    (net) => add(net, net.conv('x', C, 3), conv3(net)),
    [1, 4, 3, 3],
  );
});

/** Tensors on an axis of their own, as `torch.stack` is exported. */
function stacked(net: Net, axis: number, ...parts: readonly string[]): string {
  const lifted = parts.map((part) => net.node('Unsqueeze', [part, net.ints(axis)]));
  return net.node('Concat', lifted, { axis });
}

/** As PyTorch decomposes `torch.stack`: side by side on an axis, which is then split. */
function viewed(net: Net, axis: number, shape: readonly number[], ...parts: readonly string[]): string {
  return net.node('Reshape', [net.node('Concat', parts, { axis }), net.ints(...shape)]);
}

describe('rule: branches that are stacked and summed', () => {
  const sum = (net: Net, value: string, axis: number, keepdims = 0): string =>
    net.node('ReduceSum', [value, net.ints(axis)], { keepdims });
  for (const axis of [0, 1, 2, 4, -1])
    holds(`on axis ${axis}`, (net) => sum(net, stacked(net, axis, conv3(net), conv1(net), 'x'), axis));
  holds('their mean', (net) =>
    net.node('ReduceMean', [stacked(net, 0, conv3(net), conv1(net), 'x')], {
      axes: { ints: [0] },
      keepdims: 0,
    }),
  );
  holds('an axis counted from the end', (net) => sum(net, stacked(net, 0, conv3(net), conv1(net)), -5));
  holds('a join within, and one behind', (net) =>
    add(net, sum(net, stacked(net, 1, add(net, conv3(net), 'x'), conv1(net)), 1), conv1(net)),
  );
  for (const [axis, shape] of [
    [0, [2, 2, 4, 6, 6]],
    [1, [2, 2, 4, 6, 6]],
    [3, [2, 4, 6, 2, 6]],
  ] as const)
    holds(
      `as one Concat on axis ${axis} and a Reshape`,
      (net) => sum(net, viewed(net, axis, shape, conv3(net), conv1(net)), axis),
      [2, 4, 6, 6],
    );
  fails('summed over another axis', null, (net) => sum(net, stacked(net, 0, conv3(net), conv1(net)), 2));
  fails('each lifted onto the axis of the sum, but joined on another', null, (net) => {
    const lifted = [conv3(net), conv1(net)].map((part) => net.node('Unsqueeze', [part, net.ints(2)]));
    return sum(net, net.node('Concat', lifted, { axis: 0 }), 2);
  });
  // the Concat alone is one wider convolution: what is behind it stays
  holds(
    'only up to a Reshape that splits another way',
    (net) => sum(net, viewed(net, 1, [2, 4, 2, 6, 6], conv3(net), conv1(net)), 2),
    [2, 4, 6, 6],
  );
  holds(
    'only up to a Reshape of parts of different widths',
    (net) => sum(net, viewed(net, 1, [2, 2, 8, 6, 6], conv3(net), net.conv('x', [4, 12], 1)), 1),
    [2, 4, 6, 6],
  );
  it('the sum is part of the block', () => {
    const net = new Net();
    const both = viewed(net, 1, [2, 2, 4, 6, 6], conv3(net), conv1(net));
    const [block] = detectSpec(net.spec([2, 4, 6, 6], sum(net, both, 1))).blocks;
    const types = block?.region.nodes.map(({ opType }) => opType) ?? [];
    assert.deepEqual(types.slice(0, 5), ['Conv', 'Conv', 'Concat', 'Reshape', 'ReduceSum']);
  });
  fails('the stack is read elsewhere, too', null, (net) => {
    const both = stacked(net, 0, conv3(net), conv1(net));
    return net.node('Mul', [sum(net, both, 0), net.node('ReduceMax', [both, net.ints(0)], { keepdims: 0 })]);
  });
  fails('an activation inside a branch', 'nonlinear-op', (net) =>
    sum(net, stacked(net, 0, conv3(net), net.node('Relu', [conv1(net)])), 0),
  );
  fails(
    'different strides',
    'stride-mismatch',
    (net) =>
      sum(net, stacked(net, 0, net.conv('x', C, 3, { stride: 2 }), net.conv('x', C, 3, { stride: 3 })), 0),
    [1, 4, 3, 3],
  );
});

describe('rule: Mul and Div by constants', () => {
  for (const [what, dims] of [
    ['[1, C, 1, 1]', [1, 4, 1, 1]],
    ['[C, 1, 1]', [4, 1, 1]],
    ['a scalar', []],
    ['[1]', [1]],
  ] as const) {
    holds(`Mul by ${what}`, (net) => add(net, conv3(net), net.node('Mul', [conv1(net), net.constant(dims)])));
  }
  holds('the constant on the left', (net) =>
    add(net, conv3(net), net.node('Mul', [net.constant([4, 1, 1]), conv1(net)])),
  );
  holds('Div', (net) => add(net, conv3(net), net.node('Div', [conv1(net), net.constant([4, 1, 1])])));
  fails('Div of a constant by the tensor', 'nonlinear-op', (net) =>
    add(net, conv3(net), net.node('Div', [net.constant([4, 1, 1]), conv1(net)])),
  );
  fails(
    '[C] alone acts on W',
    'spatially-varying',
    (net) => add(net, conv3(net), net.node('Mul', [conv1(net), net.constant([4])])),
    [1, 4, 4, 4],
  );
  fails('a scale that depends on the input', 'dynamic-coefficient', (net) => {
    const gate = net.node('Sigmoid', [net.node('GlobalAveragePool', ['x'])]);
    return add(net, conv3(net), net.node('Mul', [conv1(net), gate]));
  });
});

describe('rule: a constant per channel added', () => {
  holds('behind the join', (net) =>
    net.node('Add', [add(net, conv3(net), conv1(net)), net.constant([4, 1, 1])]),
  );
  holds('inside, subtracted', (net) =>
    add(net, conv3(net), net.node('Sub', [conv1(net), net.constant([1, 4, 1, 1])])),
  );
  holds('inside, subtracted from', (net) =>
    add(net, conv3(net), net.node('Sub', [net.constant([4, 1, 1]), conv1(net)])),
  );
  holds('before an unpadded convolution', (net) =>
    add(net, net.conv(net.node('Add', ['x', net.constant([4, 1, 1])]), C, 3), net.conv('x', C, 3)),
  );
  fails('before a padded convolution', 'border-mismatch', (net) =>
    add(net, conv3(net, net.node('Add', ['x', net.constant([4, 1, 1])])), conv1(net)),
  );
  const written = (dims: readonly number[], net: Net): string => net.constant(dims, () => 0.5);
  holds(
    'written out for every place',
    (net) => add(net, conv3(net), net.node('Add', [conv1(net), written([1, 4, 3, 5], net)])),
    [1, 4, 3, 5],
  );
  fails(
    'written out for more places than the image has',
    'spatially-varying?',
    (net) => {
      const wide = [conv3(net), conv1(net)].map((one) => net.node('Add', [one, written([2, 2], net)]));
      return add(net, ...wide);
    },
    [1, 4, 1, 1],
  );
  fails('a constant that makes channels of one', 'broadcast?', (net) =>
    add(net, conv3(net), net.node('Add', [net.conv('x', [4, 1], 1), net.constant([4, 1, 1])])),
  );
});

describe('rule: what passes through', () => {
  holds('Identity, Dropout at inference, Cast to the same type', (net) => {
    const passed = net.node('Cast', [net.node('Dropout', [net.node('Identity', [conv1(net)])])], { to: 11 });
    return add(net, conv3(net), passed);
  });
  fails('Dropout in training mode', 'nonlinear-op', (net) =>
    add(
      net,
      conv3(net),
      net.node('Dropout', [conv1(net), net.constant([], [0.5]), net.constant([], [1], 'bool')]),
    ),
  );
  fails('Cast and back', 'unsupported-dtype?', (net) => {
    const narrow = net.node('Cast', [conv1(net)], { to: 1 });
    return add(net, conv3(net), net.node('Cast', [narrow], { to: 11 }));
  });
});

describe('rule: nothing else is linear', () => {
  for (const op of ['Relu', 'Sigmoid', 'HardSwish', 'Softplus', 'Clip'])
    fails(`${op} inside a branch`, 'nonlinear-op', (net) => add(net, conv3(net), net.node(op, [conv1(net)])));
  fails('an activation on the fork', 'different-inputs', (net) =>
    add(net, conv3(net), conv1(net, net.node('Relu', ['x']))),
  );
  fails('SiLU written out', 'nonlinear-op', (net) => {
    const inner = conv1(net);
    return add(net, conv3(net), net.node('Mul', [inner, net.node('Sigmoid', [inner])]));
  });
});
