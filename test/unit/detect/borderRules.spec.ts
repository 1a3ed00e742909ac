import { add, C, conv1, conv3, fails, holds, type Build } from './ruleCases';
import type { Net } from './net';

describe('rule: identity, MaxPool of one element, strided Slice', () => {
  holds('identity beside a convolution', (net) => add(net, conv3(net), 'x'));
  holds('identity beside a grouped convolution', (net) => add(net, conv3(net, 'x', { group: 2 }), 'x'));
  holds('strided copy by MaxPool', (net) => {
    const copy = net.node('MaxPool', ['x'], { kernel_shape: [1, 1], strides: [2, 2] });
    return add(net, conv3(net, 'x', { stride: 2 }), copy);
  });
  holds('strided copy by Slice', (net) => {
    const bounds = [net.ints(0, 0), net.ints(2 ** 31, 2 ** 31), net.ints(2, 3), net.ints(2, 2)];
    return add(net, conv3(net, 'x', { stride: 2 }), net.node('Slice', ['x', ...bounds]));
  });
  fails('strided copy by MaxPool that rounds its size up', 'nonlinear-op?', (net) => {
    const copy = net.node('MaxPool', ['x'], { kernel_shape: [1, 1], strides: [2, 2], ceil_mode: 1 });
    return add(net, conv3(net, 'x', { stride: 2 }), net.conv(copy, C, 1));
  });
  fails('a maximum over more than one', 'nonlinear-op', (net) =>
    add(net, conv3(net), net.node('MaxPool', [conv1(net)], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] })),
  );
  fails(
    'an identity of one channel that is broadcast',
    'broadcast',
    (net) => add(net, net.conv('x', [1, 4], 3, { pad: 1 }), 'x'),
    ['N', 1, 'H', 'W'],
  );
});

describe('rule: AveragePool', () => {
  const pool = (net: Net, attrs: Readonly<Record<string, number | readonly number[]>>, input = 'x'): string =>
    net.node('AveragePool', [input], { kernel_shape: [3, 3], ...attrs });
  holds('padding that counts', (net) =>
    add(net, conv3(net), pool(net, { pads: [1, 1, 1, 1], count_include_pad: 1 })),
  );
  holds('no padding', (net) => add(net, net.conv('x', C, 3), pool(net, {})));
  fails('padding that does not count', 'border-mismatch', (net) =>
    add(net, conv3(net), pool(net, { pads: [1, 1, 1, 1] })),
  );
  holds('after a 1×1 without pads', (net) => add(net, net.conv('x', C, 3), pool(net, {}, conv1(net))));
  fails('padded after a biased 1×1', 'border-mismatch', (net) =>
    add(net, conv3(net), pool(net, { pads: [1, 1, 1, 1], count_include_pad: 1 }, conv1(net))),
  );
  holds('ceil_mode at stride 1', (net) => add(net, net.conv('x', C, 3), pool(net, { ceil_mode: 1 })));
  const ceil: Build = (net) =>
    add(net, net.conv('x', C, 3, { stride: 2 }), pool(net, { ceil_mode: 1, strides: [2, 2] }));
  holds('ceil_mode at stride 2 where it gives the floored size', ceil, [1, 4, 9, 9]);
  fails('ceil_mode at stride 2 of an open size', 'border-mismatch', ceil);
});

describe('rule: bias padding', () => {
  const padded =
    (value: number, bias: number): Build =>
    (net) => {
      const point = conv1(net, 'x', { bias: [bias, bias, bias, bias] });
      const pads = [net.ints(0, 0, 1, 1, 0, 0, 1, 1), net.constant([], [value])];
      return add(net, net.conv(net.node('Pad', [point, ...pads]), C, 3), conv3(net));
    };
  holds('the border holds the bias', padded(0.375, 0.375));
  fails('the border holds zero', 'border-mismatch', padded(0, 0.375));
  holds('no bias, a border of zero', padded(0, 0));
  fails('the border is off by 1e-4', 'border-mismatch', padded(0.375 * 1.0001, 0.375));
});

describe('rule: Concat on channels', () => {
  holds('parts of one source', (net) =>
    net.node('Concat', [net.conv('x', [4, 2], 3, { pad: 1 }), net.conv('x', [4, 3], 3, { pad: 1 })], {
      axis: 1,
    }),
  );
  holds('counted from the end', (net) =>
    net.node('Concat', [net.conv('x', [4, 2], 3, { pad: 1 }), net.conv('x', [4, 3], 3, { pad: 1 })], {
      axis: -3,
    }),
  );
  fails('on another axis', 'unsupported-op', (net) =>
    net.node('Concat', [conv3(net), conv3(net)], { axis: 2 }),
  );
});

describe('rule: spatial Slice', () => {
  const crop = (net: Net, start: number, end: number): string =>
    net.node('Slice', ['x', net.ints(start), net.ints(end), net.ints(2)]);
  const acnet =
    (start: number, end: number): Build =>
    (net) =>
      add(
        net,
        net.conv('x', C, 3, { pad: [0, 1, 0, 1] }),
        net.conv(crop(net, start, end), C, [1, 3], { pad: [0, 1, 0, 1] }),
      );
  holds('a crop with relative ends', acnet(1, -1));
  holds('an absolute end of a known size', acnet(1, 8), [1, 4, 9, 9]);
  fails('an absolute end of an open size', 'unsupported-op?', acnet(1, 8));
  holds('a Slice of the whole batch, as x[:, :, 1:] writes it', (net) => {
    const whole = net.node('Slice', ['x', net.ints(0), net.ints(2 ** 31 - 1), net.ints(0)]);
    return add(net, net.conv(whole, C, 3, { pad: 1 }), net.conv('x', C, 1));
  });
  fails('a Slice of a part of the batch', 'unsupported-op?', (net) => {
    const part = net.node('Slice', ['x', net.ints(0), net.ints(1), net.ints(0)]);
    return add(net, net.conv(part, C, 3, { pad: 1 }), net.conv('x', C, 1));
  });
  fails('a crop before a pad, which reads what was cut off', 'border-mismatch', (net) =>
    add(net, net.conv(crop(net, 1, -1), C, [3, 1], { pad: [1, 0, 1, 0] }), net.conv(crop(net, 1, -1), C, 1)),
  );
});

describe('rule: Pad', () => {
  const pad = (net: Net, sizes: readonly number[], mode = 'constant'): string =>
    net.node('Pad', ['x', net.ints(0, 0, ...sizes.slice(0, 2), 0, 0, ...sizes.slice(2))], { mode });
  holds('zeros add to pads', (net) =>
    add(net, net.conv(pad(net, [1, 1, 1, 1]), C, 5, { pad: 1 }), conv3(net)),
  );
  holds('negative pads before an unpadded convolution', (net) =>
    add(net, net.conv(pad(net, [-1, -1, -1, -1]), C, 1), net.conv('x', C, 3)),
  );
  fails('negative pads before a padded one', 'border-mismatch', (net) =>
    add(net, conv3(net, pad(net, [-1, -1, -1, -1])), net.conv('x', C, 3)),
  );
  for (const [what, axis] of [
    ['samples', 0],
    ['channels', 1],
  ] as const)
    fails(`one that moves the ${what} along by one`, 'unsupported-op?', (net) => {
      const sizes = [0, 0, 0, 0, 0, 0, 0, 0].map((_, at) => (at === axis ? 1 : at === axis + 4 ? -1 : 0));
      return add(net, conv3(net), net.node('Pad', [conv1(net), net.ints(...sizes)]));
    });
  for (const mode of ['reflect', 'edge'])
    fails(`${mode} in one branch, zeros in another`, 'padding-mode', (net) =>
      add(net, net.conv(pad(net, [1, 1, 1, 1], mode), C, 3), conv3(net)),
    );
  holds('reflect before the fork', (net) => {
    const source = pad(net, [1, 1, 1, 1], 'reflect');
    return add(net, net.conv(source, C, 3), net.conv(source, C, 3));
  });
});
