import type { Random } from '../../../src/core/verify/random';

/** A reparam block as data: its branches with their numbers, as float32. Merging is done here by hand, without src/core. */
export interface BlockSpec {
  readonly family: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  /** Side of the merged kernel, odd; every branch pads so that it is centred. */
  readonly side: number;
  readonly stride: number;
  readonly branches: readonly BranchSpec[];
  /** A BN behind the join. */
  readonly outer: BnSpec | null;
}

export interface BranchSpec {
  /** `chain`: 1×1 (with a bias where `innerBias` is there), then the kernel. */
  readonly kind: 'conv' | 'identity' | 'pool' | 'chain';
  readonly height: number;
  readonly width: number;
  readonly dilation: number;
  readonly weight: Float64Array;
  readonly inner: Float64Array | null;
  readonly innerBias: Float64Array | null;
  readonly bias: Float64Array | null;
  readonly bn: BnSpec | null;
  /** A constant factor; −1 with `subtract`: the branch is taken off. */
  readonly scale: Float64Array | null;
  readonly subtract: boolean;
}

export interface BnSpec {
  readonly gamma: Float64Array;
  readonly beta: Float64Array;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly eps: number;
}

export const FAMILIES = [
  ...[
    'RepVGG',
    'RepVGG-alpha',
    'ACNet',
    'DBB',
    'MobileOne',
    'RepMixer',
    'QARepVGG',
    'UniRepLKNet',
    'RepCPE',
    'ConvBlock',
  ],
] as const;

export type FamilyName = (typeof FAMILIES)[number];

/** Draws the numbers of a block of a family; `same`: with as many channels out as in, and stride 1. */
export function drawBlock(family: string, random: Random, inChannels: number, same: boolean): BlockSpec {
  const depthwise =
    ['RepMixer', 'UniRepLKNet', 'RepCPE'].includes(family) ||
    (family === 'MobileOne' && random.integer(2) === 0);
  const keeps = same || depthwise || ['QARepVGG', 'ConvBlock'].includes(family);
  const outChannels = keeps ? inChannels : inChannels + 2 * random.integer(3);
  const stride = keeps && family !== 'UniRepLKNet' ? 1 : 1 + random.integer(2);
  const groups = depthwise ? inChannels : family === 'DBB' || random.integer(3) > 0 ? 1 : 2;
  const side = family === 'UniRepLKNet' ? 7 : family === 'RepMixer' || random.integer(4) > 0 ? 3 : 5;
  const draw = new Drawer(random, inChannels, outChannels, groups);
  const branches = branchesOf(family, draw, side, keeps && stride === 1, random);
  const outer = family === 'QARepVGG' ? draw.bn() : null;
  return { family, inChannels, outChannels, groups, side, stride, branches, outer };
}

function branchesOf(
  family: string,
  draw: Drawer,
  side: number,
  square: boolean,
  random: Random,
): readonly BranchSpec[] {
  const { conv } = draw;
  const identity = square ? [draw.identity(true)] : [];
  switch (family) {
    case 'RepVGG-alpha':
      return [conv(side), { ...conv(1), scale: Float64Array.of(Math.fround(0.3 + random.uniform())) }];
    case 'ACNet':
      return [conv(side), conv(side, 1), conv(1, side)];
    case 'DBB':
      return [conv(side), conv(1), draw.chain(side, false), ...(square ? [draw.pool(side)] : [])];
    case 'MobileOne':
      return [...Array.from({ length: 2 + random.integer(2) }, () => conv(side)), conv(1), ...identity];
    case 'RepMixer': {
      const gamma = draw.numbers(1, 0.2, 0.9, true);
      const inside = [conv(side), conv(1), draw.identity(true)].map((branch) => ({
        ...branch,
        scale: gamma,
      }));
      return [draw.identity(false), ...inside, { ...draw.identity(true), scale: gamma, subtract: true }];
    }
    case 'QARepVGG':
      return [conv(side), { ...conv(1), bn: null, bias: null }, draw.identity(false)];
    case 'UniRepLKNet':
      return [conv(7), conv(5), { ...conv(3), dilation: 2 }, { ...conv(3), dilation: 3 }];
    case 'RepCPE':
      return [{ ...conv(side), bn: null, bias: draw.numbers(1, -1, 1, true) }, draw.identity(false)];
    case 'ConvBlock': {
      const biased = (branch: BranchSpec): BranchSpec => ({ ...branch, bias: draw.numbers(1, -1, 1, true) });
      return [biased(conv(side)), biased(conv(1)), draw.identity(false)];
    }
    default:
      return [conv(side), conv(1), ...identity];
  }
}

class Drawer {
  constructor(
    private readonly random: Random,
    private readonly inChannels: number,
    private readonly outChannels: number,
    private readonly groups: number,
  ) {}

  /** `count` numbers, or that many for each output channel. */
  numbers(count: number, low: number, high: number, perChannel = false): Float64Array {
    const length = perChannel ? count * this.outChannels : count;
    return Float64Array.from({ length }, () => Math.fround(low + (high - low) * this.random.uniform()));
  }

  readonly bn = (): BnSpec => ({
    gamma: this.numbers(1, 0.5, 1.5, true),
    beta: this.numbers(1, -1, 1, true),
    mean: this.numbers(1, -1, 1, true),
    variance: this.numbers(1, 0.3, 2, true),
    eps: Math.fround(1e-5),
  });

  readonly conv = (height: number, width = height): BranchSpec => {
    const fan = (this.inChannels / this.groups) * height * width;
    return {
      ...BARE,
      height,
      width,
      weight: this.numbers(fan, -1 / Math.sqrt(fan), 1 / Math.sqrt(fan), true),
      bn: this.bn(),
    };
  };

  identity(normalized: boolean): BranchSpec {
    return { ...BARE, kind: 'identity', bn: normalized ? this.bn() : null };
  }

  pool(side: number): BranchSpec {
    return { ...BARE, kind: 'pool', height: side, width: side, bn: this.bn() };
  }

  chain(side: number, biased: boolean): BranchSpec {
    const inner = this.numbers(this.inChannels * this.inChannels, -0.5, 0.5);
    const innerBias = biased ? this.numbers(this.inChannels, 0.5, 1.5) : null;
    return { ...this.conv(side), kind: 'chain', inner, innerBias };
  }
}

const BARE: BranchSpec = {
  ...{
    kind: 'conv',
    height: 1,
    width: 1,
    dilation: 1,
    weight: new Float64Array(),
    inner: null,
    innerBias: null,
  },
  ...{ bias: null, bn: null, scale: null, subtract: false },
};

/** Adds a chain whose border no convolution has: a bias, then zeros around it. */
export function withBiasedChain(block: BlockSpec, random: Random): BlockSpec {
  const draw = new Drawer(random, block.inChannels, block.outChannels, 1);
  return {
    ...block,
    groups: 1,
    branches: [draw.conv(block.side), draw.chain(block.side, true)],
    outer: null,
  };
}
