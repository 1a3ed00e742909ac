import { holds, fails, add, C, conv1, conv3, type Build } from './ruleCases';
import type { Net } from './net';

describe('rule: Split and channel shuffle', () => {
  const halves = (net: Net, input: string, half: number): string => {
    const bounds = [net.ints(2 * half), net.ints(2 * half + 2), net.ints(1)];
    return net.node('Slice', [input, ...bounds]);
  };
  holds('a Slice of channels', (net) => add(net, halves(net, conv3(net), 1), net.conv('x', [4, 2], 1)));
  const split =
    (axis: number): Build =>
    (net) =>
      add(net, ...net.halves(conv3(net), axis));
  holds('a Split of channels', split(1));
  holds('a Split of channels, counted from the end', split(-3));
  fails('a Split of rows, as many as channels', 'unsupported-op?', split(2), [1, 4, 4, 5]);
  const shuffle =
    (permutation: readonly number[]): Build =>
    (net) => {
      const split = net.node('Reshape', [conv3(net), net.ints(2, 2, 2, 9, 10)]);
      const swapped = net.node('Transpose', [split], { perm: permutation });
      return add(net, net.node('Reshape', [swapped, net.ints(2, 4, 9, 10)]), conv1(net));
    };
  holds('a channel shuffle', shuffle([0, 2, 1, 3, 4]), [2, 4, 9, 10]);
  fails('a shuffle of channels and rows', 'unsupported-op?', shuffle([0, 1, 3, 2, 4]), [2, 4, 9, 10]);
});

describe('rule: Transpose', () => {
  const permuted =
    (back: readonly number[]): Build =>
    (net) => {
      const last = net.node('Transpose', [conv1(net)], { perm: [0, 2, 3, 1] });
      const scaled = net.node('Mul', [last, net.constant([4])]);
      return add(net, conv3(net), net.node('Transpose', [scaled], { perm: back }));
    };
  holds('there and back, a scale on the last axis between', permuted([0, 3, 1, 2]));
  fails(
    'back to where height and width have changed places',
    'unsupported-op?',
    permuted([0, 3, 2, 1]),
    [1, 4, 6, 6],
  );
});

describe('rule: MatMul, Gemm and 1×1', () => {
  const FLAT = ['N', 8] as const;
  const shapes = [[5, 8]] as const;
  const matrix = (net: Net, rows: number, columns: number): string => net.constant([rows, columns]);
  holds(
    'LoRA: W·x + s·B·A·x',
    (net) => {
      const low = net.node('MatMul', [net.node('MatMul', ['x', matrix(net, 8, 2)]), matrix(net, 2, 8)]);
      return add(
        net,
        net.node('MatMul', ['x', matrix(net, 8, 8)]),
        net.node('Mul', [low, net.constant([], [0.25])]),
      );
    },
    FLAT,
    shapes,
  );
  holds(
    'Gemm with α, β, a bias and a transposed matrix',
    (net) => {
      const attrs = { alpha: 0.5, beta: 2.5, transB: 1 };
      const gemm = net.node('Gemm', ['x', matrix(net, 6, 8), net.constant([6])], attrs);
      return add(net, gemm, net.node('Gemm', ['x', matrix(net, 8, 6)]));
    },
    FLAT,
    shapes,
  );
  holds(
    'on tokens [N, L, C]',
    (net) => {
      const wide = net.node('MatMul', ['x', matrix(net, 8, 8)]);
      return add(
        net,
        net.node('Add', [wide, net.constant([8])]),
        net.node('MatMul', ['x', matrix(net, 8, 8)]),
      );
    },
    ['N', 'L', 8],
    [[2, 5, 8]],
  );
  fails(
    'a product along the width of an image, as wide as it has channels',
    'unsupported-op?',
    (net) =>
      add(net, net.conv('x', [8, 8], 1), net.node('MatMul', [net.conv('x', [8, 8], 1), matrix(net, 8, 8)])),
    [1, 8, 8, 8],
  );
  fails(
    'a Gemm that transposes its input, of as many samples as channels',
    'unsupported-op?',
    (net) => {
      const turned = net.node('Gemm', ['x', matrix(net, 8, 8)], { transA: 1 });
      return add(net, turned, net.node('Gemm', ['x', matrix(net, 8, 8)]));
    },
    [8, 8],
  );
  fails(
    'a product of two activations',
    'dynamic-coefficient?',
    (net) =>
      add(
        net,
        net.node('MatMul', ['x', matrix(net, 8, 8)]),
        net.node('MatMul', ['x', net.node('Reshape', ['x', net.ints(8, 8)])]),
      ),
    [8, 8],
  );
});

describe('rule: ConvTranspose', () => {
  const up = (net: Net, kernel: number, pad: number): string => {
    const weight = net.constant([4, 2, kernel, kernel]);
    const attrs = { strides: [2, 2], pads: [pad, pad, pad, pad], group: 2 };
    return net.node('ConvTranspose', ['x', weight, net.constant([4])], attrs);
  };
  holds('two of one window, BN behind', (net) => net.bn(add(net, up(net, 4, 1), up(net, 4, 1)), 4));
  holds('BN behind each', (net) => add(net, net.bn(up(net, 4, 1), 4), net.bn(up(net, 4, 1), 4)));
  fails('of different windows', 'stride-mismatch?', (net) => add(net, up(net, 4, 1), up(net, 2, 0)));
  // behind a BN, which a merge would take in
  for (const attrs of [{ auto_pad: 'SAME_UPPER' }, { auto_pad: 'SAME_LOWER' }, { output_shape: [18, 20] }])
    fails(`whose pads follow from its size: ${Object.keys(attrs)[0]}`, 'unsupported-op?', (net) => {
      const more = { strides: [2, 2], ...attrs };
      const both = [0, 1].map(() => net.node('ConvTranspose', ['x', net.constant([4, 4, 3, 3])], more));
      return net.bn(add(net, ...both), 4);
    });
  holds('VALID, which ignores the pads', (net) => {
    const attrs = { strides: [2, 2], pads: [1, 1, 1, 1], auto_pad: 'VALID' };
    return net.bn(net.node('ConvTranspose', ['x', net.constant([4, 4, 3, 3])], attrs), 4);
  });
  fails('behind a BN, whose constant does not reach the border', null, (net) => {
    const weight = net.constant([4, 4, 2, 2]);
    return net.node('ConvTranspose', [net.bn('x', 4), weight]);
  });
});

describe('rule: reflecting, replicating and wrapping Pads', () => {
  const padded = (net: Net, mode: string, by = 1): string =>
    net.node('Pad', ['x', net.ints(0, 0, by, by, 0, 0, by, by)], { mode });
  for (const mode of ['reflect', 'edge'])
    holds(`${mode} beside branches that never read outside`, (net) =>
      add(net, net.conv(padded(net, mode), C, 3), conv1(net), 'x'),
    );
  fails('beside a branch that pads with zeros', 'padding-mode', (net) =>
    add(net, net.conv(padded(net, 'reflect'), C, 3), conv3(net)),
  );
});

describe('rule: a border written over', () => {
  /** Pad with zeros, then the top and bottom rows and the left and right columns set to one value: DBB's export. */
  const framed =
    (value: number, bias: number, first = value, place = (i: number): number => i): Build =>
    (net) => {
      const size = 8;
      const point = conv1(net, 'x', { bias: [bias, bias, bias, bias] });
      let image = net.node('Pad', [point, net.ints(0, 0, 1, 1, 0, 0, 1, 1)]);
      for (const at of [0, size - 1])
        for (const axis of [2, 3]) {
          const cells = Array.from({ length: 4 * size }, (_, i) => [
            0,
            Math.floor(i / size),
            at,
            place(i % size),
          ]);
          const flat = cells.flatMap(([n, c, a, b]) => (axis === 2 ? [n!, c!, a!, b!] : [n!, c!, b!, a!]));
          const shape = axis === 2 ? [1, 4, 1, size] : [1, 4, size, 1];
          const indices = net.constant([...shape, 4], flat, 'int64');
          image = net.node('ScatterND', [
            image,
            indices,
            net.constant(shape, (i) => (i === 1 ? first : value)),
          ]);
        }
      return add(net, net.conv(image, C, 3), conv3(net));
    };
  holds('with the response to zero', framed(0.375, 0.375), [1, 4, 6, 6]);
  fails('with another value', 'border-mismatch', framed(0.25, 0.375), [1, 4, 6, 6]);
  fails(
    'with one place twice and another left out',
    'border-mismatch?',
    framed(0.375, 0.375, 0.375, (i) => (i === 3 ? 2 : i)),
    [1, 4, 6, 6],
  );
  fails(
    'and the inside as well',
    'border-mismatch?',
    (net) => {
      const padded = net.node('Pad', [conv1(net, 'x', { bias: false }), net.ints(0, 0, 1, 1, 0, 0, 1, 1)]);
      const inside = Array.from({ length: 4 * 6 * 6 }, (_, i) => [
        0,
        Math.floor(i / 36),
        1 + (Math.floor(i / 6) % 6),
        1 + (i % 6),
      ]);
      const indices = net.constant([1, 4, 6, 6, 4], inside.flat(), 'int64');
      const written = net.node('ScatterND', [padded, indices, net.constant([1, 4, 6, 6], () => 0.5)]);
      return add(net, net.conv(written, C, 3), conv3(net));
    },
    [1, 4, 6, 6],
  );
  /** The row behind the image by its number: what the search finds at 32 rows must hold at others. */
  const lastRow =
    (number: (net: Net, shape: string) => string): Build =>
    (net) => {
      const perm = [2, 1, 0, 3];
      const point = conv1(net, 'x', { bias: [0.375, 0.375, 0.375, 0.375] });
      const turned = net.node('Transpose', [net.node('Pad', [point, net.ints(0, 0, 0, 0, 0, 0, 1, 0)])], {
        perm,
      });
      const shape = net.node('Shape', [turned]);
      const rest = net.node('Slice', [shape, net.ints(1), net.ints(4)]);
      const row = net.node('Concat', [net.ints(1), rest], { axis: 0 });
      const updates = net.node('Expand', [net.constant([1, 4, 1, 1], () => 0.375), row]);
      const index = net.node('Reshape', [number(net, shape), net.ints(1, 1)]);
      const image = net.node('Transpose', [net.node('ScatterND', [turned, index, updates])], { perm });
      return add(net, net.conv(image, C, [2, 1]), net.conv('x', C, [2, 1], { pad: [0, 0, 1, 0] }));
    };
  holds(
    'a last row',
    lastRow((net, shape) => {
      const rows = net.node('Slice', [shape, net.ints(0), net.ints(1)]);
      return net.node('Sub', [rows, net.ints(1)]);
    }),
  );
  fails(
    'a row that is the last of 32 only',
    'border-mismatch?',
    lastRow((net) => net.ints(32)),
  );
  for (const first of [0.25, NaN])
    fails(
      `with ${first} at the second place of a row`,
      'border-mismatch?',
      framed(0.375, 0.375, first),
      [1, 4, 6, 6],
    );
});
