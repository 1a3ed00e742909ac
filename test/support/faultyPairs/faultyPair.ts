import type { FaultKind } from '../../../src/core/verify/report';
import { seededRandom, type Random } from '../../../src/core/verify/random';
import type { OnnxSpec } from '../onnxBuilder';
import { drawBlock, FAMILIES, withBiasedChain, type BlockSpec, type BranchSpec } from './blocks';
import { mergeBlock, type BranchMistake } from './merge';
import { deployNetwork, trainNetwork, type DeployBlock } from './network';

/** A train form and what a converter made of it, with the one mistake that it made in one block; none: a right conversion. */
export interface FaultyPair {
  readonly label: string;
  readonly train: OnnxSpec;
  readonly deploy: OnnxSpec;
  readonly fault: FaultKind | null;
  /** Kinds that may be said as well, or instead where two mistakes come to the same. */
  readonly also: readonly FaultKind[];
  /** Nodes of the faulty block begin with this. */
  readonly prefix: string;
}

export const KINDS: readonly FaultKind[] = [
  ...([
    'topology',
    'identity-branch',
    'missing-branch',
    'branch-scale',
    'bn-scale',
    'tap-misplaced',
  ] as const),
  ...(['border', 'bias', 'padding-mode', 'weights'] as const),
];

/** What a mistake changes. */
interface Mistake {
  readonly text: string;
  readonly also?: readonly FaultKind[];
  readonly branches?: ReadonlyMap<BranchSpec, BranchMistake>;
  readonly outer?: BranchMistake;
  readonly form?: (form: DeployBlock) => DeployBlock;
  /** The train form's border. */
  readonly trainPadMode?: 'reflect' | 'edge';
}

/** The `number`-th pair: kinds and families take turns, the rest is drawn from the seed. */
export function faultyPair(seed: number, number: number): FaultyPair {
  for (let attempt = 0; ; attempt++) {
    const kind = KINDS[number % KINDS.length] as FaultKind;
    const family = FAMILIES[(Math.floor(number / KINDS.length) + attempt) % FAMILIES.length] as string;
    const made = makePair(seededRandom(seed, number, attempt), kind, family, `${seed}/${number}`);
    // not every family can have every mistake: the next one then
    if (made !== null) return made;
  }
}

export function rightPair(seed: number, number: number): FaultyPair {
  const family = FAMILIES[number % FAMILIES.length] as string;
  const made = makePair(seededRandom(seed, 'right', number), null, family, `${seed}/${number}`);
  if (made === null) throw new Error('a right conversion can always be made');
  return made;
}

function makePair(random: Random, kind: FaultKind | null, family: string, id: string): FaultyPair | null {
  const place = random.integer(3);
  const blocks: BlockSpec[] = [];
  let channels = 4 + 2 * random.integer(2);
  for (let i = 0; i < 3; i++) {
    const same = i === place && (kind === 'identity-branch' || kind === 'topology');
    const block = drawBlock(family, random, channels, same);
    blocks.push(i === place && kind === 'border' ? withBiasedChain(block, random) : block);
    channels = block.outChannels;
  }
  const block = blocks[place] as BlockSpec;
  const mistake = kind === null ? { text: 'right' } : mistakeOf(kind, block, random);
  if (mistake === null) return null;
  const forms = blocks.map((one, i): DeployBlock => {
    const isFaulty = i === place;
    const merged = isFaulty ? mergeBlock(one, mistake.branches, mistake.outer) : mergeBlock(one);
    const pad = (one.side - 1) / 2;
    const form = { ...merged, pads: [pad, pad, pad, pad], stride: one.stride };
    return isFaulty ? (mistake.form?.(form) ?? form) : form;
  });
  const openSizes = random.integer(2) === 0;
  const padMode = new Map(mistake.trainPadMode === undefined ? [] : [[place, mistake.trainPadMode] as const]);
  const folded = random.integer(2) === 0;
  return {
    label: `${id} ${kind ?? 'right'} ${family}${folded ? ' folded' : ''} block ${place}: ${mistake.text}`,
    train: trainNetwork(blocks, { folded, openSizes, padMode }),
    deploy: deployNetwork(blocks, forms, openSizes),
    fault: kind,
    also: mistake.also ?? [],
    prefix: `blocks.${place}.`,
  };
}

function mistakeOf(kind: FaultKind, block: BlockSpec, random: Random): Mistake | null {
  switch (kind) {
    case 'topology':
      return topology(block, random);
    case 'identity-branch':
      return identityBranch(block, random);
    case 'missing-branch': {
      const branch = pick(
        block.branches.filter(({ kind }) => kind !== 'identity'),
        random,
      );
      if (branch === null || block.branches.length < 2) return null;
      return {
        text: `${branch.kind} ${branch.height}×${branch.width} dropped`,
        branches: new Map([[branch, { drop: true }]]),
      };
    }
    case 'branch-scale':
      return branchScale(block, random);
    case 'bn-scale':
      return bnScale(block, random);
    case 'tap-misplaced':
      return tapMisplaced(block, random);
    case 'border':
      return { text: 'a biased chain merged in spite of its border' };
    case 'bias':
      return biasMistake(block, random);
    case 'padding-mode':
      return paddingMode(block, random);
    case 'weights':
      return weights(block, random);
  }
}

function pick<T>(list: readonly T[], random: Random): T | null {
  return list[random.integer(Math.max(1, list.length))] ?? null;
}

function topology({ inChannels, outChannels, stride }: BlockSpec, random: Random): Mistake | null {
  if (random.integer(2) === 0)
    return { text: 'stride forgotten or added', form: (form) => ({ ...form, stride: 3 - stride }) };
  if (inChannels !== outChannels || stride !== 1) return null;
  return { text: 'block gone', form: (form) => ({ ...form, gone: true }) };
}

function identityBranch(block: BlockSpec, random: Random): Mistake | null {
  const branch = pick(
    block.branches.filter(({ kind }) => kind === 'identity'),
    random,
  );
  if (branch === null) return null;
  const way = random.integer(4);
  const of = (text: string, mistake: BranchMistake): Mistake => ({
    text,
    branches: new Map([[branch, mistake]]),
  });
  if (way === 1 && branch.bn !== null) return of('BN ignored', { ignoreBn: true });
  if (way === 2 && block.groups > 1 && block.groups < block.inChannels)
    return of('dense diagonal', { denseDiagonal: true });
  if (way === 3) return of('twice', { scale: 2 });
  return of('dropped', { drop: true });
}

function branchScale(block: BlockSpec, random: Random): Mistake | null {
  const scaled = block.branches.filter(({ kind, scale }) => kind !== 'identity' && scale?.length === 1);
  const alpha = pick(scaled, random);
  if (alpha !== null)
    return { text: 'alpha taken as 1', branches: new Map([[alpha, { ignoreScale: true }]]) };
  const branch = pick(
    block.branches.filter(({ kind }) => kind !== 'identity'),
    random,
  );
  const scale = [0.5, 2, -1][random.integer(3)] ?? 2;
  return branch === null
    ? null
    : { text: `${branch.height}×${branch.width} × ${scale}`, branches: new Map([[branch, { scale }]]) };
}

function bnScale(block: BlockSpec, random: Random): Mistake | null {
  const normalized = block.branches.filter(({ kind, bn }) => kind !== 'identity' && bn !== null);
  const branch = pick(normalized, random);
  if (branch === null) return null;
  if (random.integer(2) === 0) {
    const all = block.branches.filter(({ bn }) => bn !== null);
    return {
      text: 'eps 1e-3 everywhere',
      also: ['identity-branch'],
      branches: new Map(all.map((one) => [one, { eps: 1e-3 }])),
    };
  }
  return {
    text: `${branch.height}×${branch.width} without its variance`,
    branches: new Map([[branch, { ignoreVariance: true }]]),
  };
}

function tapMisplaced(block: BlockSpec, random: Random): Mistake | null {
  const centre = (block.side - 1) / 2;
  const small = block.branches.filter(
    ({ kind, height, width }) => kind === 'conv' && (height < block.side || width < block.side),
  );
  const branch = pick(small, random);
  if (branch === null || random.integer(4) === 0) {
    const move = [
      [centre - 1, centre, centre + 1, centre],
      [centre, centre + 1, centre, centre - 1],
    ][random.integer(2)] as readonly number[];
    return { text: 'pads shifted', form: (form) => ({ ...form, pads: move }) };
  }
  if (branch.dilation > 1)
    return { text: 'dilation forgotten', branches: new Map([[branch, { dilation: 1 }]]) };
  const room = (taps: number): number => (block.side - 1) / 2 - (taps - 1) / 2;
  const [down, right] = [-room(branch.height), -room(branch.width)];
  return {
    text: `${branch.height}×${branch.width} in the corner`,
    branches: new Map([[branch, { shift: [down, right] }]]),
  };
}

function biasMistake(block: BlockSpec, random: Random): Mistake | null {
  const biased = block.branches.filter(
    ({ bias, bn, kind }) => kind !== 'identity' && (bias !== null || bn !== null),
  );
  const branch = pick(biased, random);
  const way = random.integer(3);
  if (way === 0 || branch === null)
    return {
      text: 'all biases dropped',
      form: (form) => ({ ...form, bias: new Float64Array(form.bias.length) }),
    };
  const isolated = (mistake: BranchMistake, text: string): Mistake => ({
    text,
    branches: new Map([[branch, mistake]]),
  });
  if (way === 1 && branch.bias !== null) return isolated({ dropConvBias: true }, 'conv.bias dropped');
  if (way === 2 && branch.bn !== null) return isolated({ flipMean: true }, 'mean with the wrong sign');
  return isolated({ dropBias: true }, 'bias of a branch dropped');
}

function paddingMode(block: BlockSpec, random: Random): Mistake | null {
  const mode = random.integer(2) === 0 ? 'reflect' : 'edge';
  const large = block.branches.filter(({ height, width }) => height > 1 || width > 1);
  const full = large.every(
    (one) =>
      one.kind === 'conv' && one.height === block.side && one.width === block.side && one.dilation === 1,
  );
  // other branches that pad with zeros would make the train form no convolution at all
  if (full && random.integer(2) === 0)
    return { text: `train pads with ${mode}, deploy with zeros`, trainPadMode: mode };
  return { text: `deploy pads with ${mode}, train with zeros`, form: (form) => ({ ...form, padMode: mode }) };
}

function weights(block: BlockSpec, random: Random): Mistake {
  const change = (form: DeployBlock, edit: (weight: Float64Array) => void): DeployBlock => {
    const weight = Float64Array.from(form.weight);
    edit(weight);
    return { ...form, weight };
  };
  if (random.integer(2) === 0) {
    return {
      text: 'one weight 1e-3 off',
      form: (form) =>
        change(form, (weight) => {
          // the largest one off the centre, where no identity is
          const taps = block.side * block.side;
          let at = 0;
          weight.forEach((value, i) => {
            if (i % taps !== (taps - 1) / 2 && Math.abs(value) > Math.abs(weight[at] as number)) at = i;
          });
          weight[at] = (weight[at] as number) * 1.001;
        }),
    };
  }
  return {
    text: 'noise of 1e-3 on all',
    form: (form) =>
      change(form, (weight) => {
        weight.forEach((value, i) => (weight[i] = value * (1 + 1e-3 * (2 * random.uniform() - 1))));
      }),
  };
}
