import assert from 'node:assert/strict';
import { assertRefuses, detectSpec } from './merges';
import { Net } from './net';

/** What is no near miss: ordinary networks, which have joins and chains of convolutions everywhere. */

const relu = (net: Net, input: string): string => net.node('Relu', [input]);

function blocksOf(dims: readonly (number | string)[], build: (net: Net) => string): number {
  const net = new Net('float32');
  return detectSpec(net.spec(dims, build(net))).blocks.length;
}

describe('ordinary networks show no block', () => {
  it('ResNet: basic, bottleneck and downsampling blocks', () => {
    const count = blocksOf(['N', 16, 32, 32], (net) => {
      const basic = relu(net, net.conv('x', [16, 16], 3, { pad: 1 }));
      const one = relu(net, net.node('Add', [net.conv(basic, [16, 16], 3, { pad: 1 }), 'x']));
      const narrow = relu(net, net.conv(one, [16, 4], 1));
      const middle = relu(net, net.conv(narrow, [4, 4], 3, { pad: 1, stride: 2 }));
      const wide = net.conv(middle, [4, 32], 1);
      return relu(net, net.node('Add', [wide, net.conv(one, [16, 32], 1, { stride: 2 })]));
    });
    assert.equal(count, 0);
  });

  it('U-Net: a skip joined behind an upsampling', () => {
    const count = blocksOf([1, 8, 32, 32], (net) => {
      const skip = relu(net, net.conv('x', [8, 8], 3, { pad: 1 }));
      const down = net.node('MaxPool', [skip], { kernel_shape: [2, 2], strides: [2, 2] });
      const deep = relu(net, net.conv(down, [8, 16], 3, { pad: 1 }));
      const up = net.node('ConvTranspose', [deep, net.constant([16, 8, 2, 2])], { strides: [2, 2] });
      return relu(net, net.conv(net.node('Concat', [skip, up], { axis: 1 }), [16, 8], 3, { pad: 1 }));
    });
    assert.equal(count, 0);
  });

  it('MobileNet: inverted residuals with squeeze and excitation', () => {
    const count = blocksOf(['N', 8, 32, 32], (net) => {
      const wide = relu(net, net.conv('x', [8, 48], 1));
      const deep = relu(net, net.conv(wide, [48, 48], 3, { pad: 1, group: 48 }));
      const squeezed = relu(net, net.conv(net.node('GlobalAveragePool', [deep]), [48, 12], 1));
      const gate = net.node('HardSigmoid', [net.conv(squeezed, [12, 48], 1)]);
      return net.node('Add', [net.conv(net.node('Mul', [deep, gate]), [48, 8], 1), 'x']);
    });
    assert.equal(count, 0);
  });

  it('Inception: branches of different activations, concatenated', () => {
    const count = blocksOf(['N', 8, 32, 32], (net) => {
      const a = relu(net, net.conv('x', [8, 4], 1));
      const b = relu(net, net.conv('x', [8, 4], 3, { pad: 1 }));
      return net.node('Concat', [a, b], { axis: 1 });
    });
    assert.equal(count, 0);
  });

  it('a plain chain of convolutions, BN unfolded', () => {
    const count = blocksOf(['N', 8, 32, 32], (net) => {
      const one = relu(net, net.bn(net.conv('x', [8, 8], 3, { pad: 1 }), 8));
      return relu(net, net.bn(net.conv(one, [8, 8], 3, { pad: 1 }), 8));
    });
    assert.equal(count, 0);
  });
});

describe('a near miss', () => {
  const dims = ['N', 8, 16, 16] as const;

  it('has one obstacle: two of them are an ordinary network', () => {
    const net = new Net();
    const [a, b] = [0, 1].map(() => net.conv('x', [8, 8], 3, { pad: 1 }));
    const one = net.spec(dims, net.node('Add', [relu(net, a!), b!]));
    assertRefuses(one, 'nonlinear-op');
    const two = new Net();
    const [c, d] = [0, 1].map(() => two.conv('x', [8, 8], 3, { pad: 1 }));
    assertRefuses(two.spec(dims, two.node('Add', [relu(two, c!), two.node('Tanh', [d!])])), null);
  });

  it('needs a linear convolution in a branch without the obstacle', () => {
    const net = new Net();
    const gated = relu(net, net.conv('x', [8, 8], 3, { pad: 1 }));
    assertRefuses(net.spec(dims, net.node('Add', [gated, 'x'])), null);
  });

  it('is spoken for by its outermost join', () => {
    const net = new Net();
    const [a, b, c] = [0, 1, 2].map(() => net.conv('x', [8, 8], 3, { pad: 1 }));
    const inner = net.node('Add', [a!, relu(net, b!)]);
    const refused = assertRefuses(net.spec(dims, net.node('Add', [inner, c!])), 'nonlinear-op');
    assert.equal(refused!.branches.length, 3);
  });

  it('names quantization', () => {
    const net = new Net('float32');
    const scale = [net.constant([], [0.1]), net.constant([], [0], 'int8')];
    const quantized = net.node('QuantizeLinear', [net.conv('x', [8, 8], 1), ...scale]);
    const back = net.node('DequantizeLinear', [quantized, ...scale]);
    const sum = net.node('Add', [net.conv('x', [8, 8], 3, { pad: 1 }), back]);
    const { blocks } = detectSpec(net.spec(dims, sum));
    assert.ok(
      blocks.every((block) => block.refusal?.code === 'quantized'),
      blocks[0]?.refusal?.message,
    );
  });
});
