import { elementCount, type Tensor } from '../../tensor/tensor';
import { allSteps, type Resolved } from './resolved';

/** The sizes of a block, as far as its entries tell. */
export interface Measures {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  /** Whether the entries tell the groups; where they don't, nothing that is merged depends on them. */
  readonly groupsKnown: boolean;
  /** Of the block's own kernel; none for a matrix. */
  readonly taps: readonly number[];
}

export type TensorOf = (name: string) => Tensor | undefined;

/** A block's sizes; a sentence's end where its entries do not fit together. */
export function measure(steps: readonly Resolved[], tensorOf: TensorOf): Measures | string {
  const main = mainWeight(steps, tensorOf);
  if (main === null) return 'has no weight';
  const { dims } = main;
  const [out = 0, width = 0, ...taps] = dims;
  const known = knownChannels(steps, tensorOf);
  const grouped = known === null ? chainGroups(steps, tensorOf) : known / width;
  // one channel in each group: a depthwise convolution, as far as anybody can tell
  const groups = taps.length === 0 ? 1 : (grouped ?? (width === 1 ? out : 1));
  const measures = {
    inChannels: groups * width,
    outChannels: out,
    ...{ groups, groupsKnown: grouped !== null || taps.length === 0, taps },
  };
  const fault = taps.find((tap) => tap % 2 === 0);
  if (fault !== undefined)
    return `has an even kernel (${taps.join('×')}), whose padding the checkpoint does not say`;
  const end = new Walk(measures, tensorOf).all(steps, measures.inChannels);
  return typeof end === 'string' ? end : { ...measures, outChannels: end };
}

/** The weight whose size is the block's: the one that the convention names, or the first. */
export function mainWeight(steps: readonly Resolved[], tensorOf: TensorOf): Tensor | null {
  const weights = [...allSteps(steps)].filter((step) => step.kind === 'conv' || step.kind === 'linear');
  const main = weights.find((step) => step.kind === 'conv' && step.rule.main === true) ?? weights[0];
  return main === undefined ? null : (tensorOf(main.weight) ?? null);
}

/** Channels of the block's input, where something that keeps them tells. */
function knownChannels(steps: readonly Resolved[], tensorOf: TensorOf): number | null {
  const [first] = steps;
  if (first === undefined) return null;
  if (first.kind === 'bn') return tensorOf(first.mean)?.dims[0] ?? null;
  if (first.kind === 'conv')
    return first.rule.plusIdentity === true ? (tensorOf(first.weight)?.dims[0] ?? null) : null;
  // an average alone keeps the channels, and so tells them by the BN behind it
  if (first.kind === 'average') return knownChannels(steps.slice(1), tensorOf);
  if (first.kind !== 'sum') return null;
  for (const { steps: inner } of first.branches) {
    const known = knownChannels(inner, tensorOf);
    if (known !== null) return known;
  }
  const keeps = first.branches.some((branch) => branch.steps.length === 0);
  return keeps ? (mainWeight(steps, tensorOf)?.dims[0] ?? null) : null;
}

/** Groups, where a convolution reads what another made. */
function chainGroups(steps: readonly Resolved[], tensorOf: TensorOf): number | null {
  let channels: number | null = null;
  for (const step of steps) {
    if (step.kind === 'sum') {
      for (const branch of step.branches) {
        const groups = chainGroups(branch.steps, tensorOf);
        if (groups !== null) return groups;
      }
    }
    if (step.kind !== 'conv') continue;
    const [out = 0, width = 0] = tensorOf(step.weight)?.dims ?? [];
    if (channels !== null) return channels / width;
    channels = out;
  }
  return null;
}

/** Goes through a block with its channels, and says what does not fit. */
class Walk {
  constructor(
    private readonly measures: Pick<Measures, 'groups' | 'taps'>,
    private readonly tensorOf: TensorOf,
  ) {}

  /** @returns the channels behind the steps; a sentence's end where something does not fit. */
  all(steps: readonly Resolved[], channels: number): number | string {
    let current = channels;
    for (const step of steps) {
      const next = this.one(step, current);
      if (typeof next === 'string') return next;
      current = next;
    }
    return current;
  }

  private one(step: Resolved, channels: number): number | string {
    switch (step.kind) {
      case 'conv':
        return this.conv(step, channels);
      case 'linear': {
        const [out = 0, width, ...more] = this.dims(step.weight);
        return width === channels && more.length === 0 ? out : misfit(step.weight, this.dims(step.weight));
      }
      case 'bn':
        return (
          [step.weight, step.bias, step.mean, step.variance]
            .filter((name) => name !== null)
            .map((name) => (this.count(name) === channels ? null : misfit(name, this.dims(name))))
            .find((fault) => fault !== null) ?? channels
        );
      case 'scale':
      case 'shift': {
        const count = this.count(step.entry);
        const fits = count === channels || (count === 1 && step.kind === 'scale');
        return fits ? channels : misfit(step.entry, this.dims(step.entry));
      }
      case 'sum':
        return this.sum(step.branches.map((branch) => this.all(branch.steps, channels)));
      default:
        return channels;
    }
  }

  private conv(step: Extract<Resolved, { readonly kind: 'conv' }>, channels: number): number | string {
    const dims = this.dims(step.weight);
    const [out = 0, width = 0, ...taps] = dims;
    const { groups, taps: own } = this.measures;
    const fits =
      taps.length === own.length &&
      width * groups === channels &&
      out % groups === 0 &&
      // no branch reaches beyond the kernel that the deploy form has
      taps.every((tap, axis) => tap % 2 === 1 && step.dilation * (tap - 1) < (own[axis] ?? 0)) &&
      (step.rule.point !== true || taps.every((tap) => tap === 1)) &&
      (step.rule.wide !== true || taps.some((tap) => tap > 1)) &&
      (step.rule.pads === undefined || this.isPadded(step.rule.pads, taps)) &&
      (step.bias === null || this.count(step.bias) === out);
    return fits ? out : misfit(step.weight, dims);
  }

  /** What is padded ahead has one tap, and what was padded has the block's own kernel. */
  private isPadded(pads: 'block' | 'none', taps: readonly number[]): boolean {
    return pads === 'block'
      ? taps.every((tap) => tap === 1)
      : taps.every((tap, axis) => tap === this.measures.taps[axis]);
  }

  private sum(ends: readonly (number | string)[]): number | string {
    const fault = ends.find((end) => typeof end === 'string');
    if (fault !== undefined) return fault;
    const [first = 0] = ends;
    return ends.every((end) => end === first)
      ? first
      : `has branches of ${ends.join(' and ')} channels, which cannot be added`;
  }

  private dims(name: string): readonly number[] {
    return this.tensorOf(name)?.dims ?? [];
  }

  private count(name: string): number {
    return elementCount(this.dims(name));
  }
}

function misfit(name: string, dims: readonly number[]): string {
  return `has "${name}" of the shape ${dims.join('×') || 'of a single number'}, which does not fit the rest of it`;
}
