import { isFloat, type DType } from '../../tensor/dtype';
import type { GivenAssumptions, OwnAssumption } from '../assumptions';
import type { StateDict } from '../checkpoint';
import type { Convention } from '../conventions/convention';
import { CONVENTIONS } from '../conventions/conventions';
import {
  epsOf,
  hiddenAssumptions,
  namesAssumption,
  namesRefusal,
  sizeAssumptions,
  type BlockEps,
} from './blockAssumptions';
import type { FoundBlock } from './foundBlock';
import { lostAnchors } from './lostAnchors';
import { mainWeight, measure, type Measures, type TensorOf } from './measure';
import { NameIndex, under } from './nameIndex';
import { allSteps, seenBranches } from './resolved';
import { resolveSteps, type Resolution } from './resolveSteps';
import { strangers } from './strangers';

/** The blocks of a state dict by the table of conventions, in the order of the file. */
export function findBlocks(state: StateDict, given: GivenAssumptions = {}): readonly FoundBlock[] {
  const finder = new Finder(state, given);
  for (const convention of CONVENTIONS) finder.look(convention);
  finder.lookForLost();
  return finder.inOrder();
}

const ANCHORS: ReadonlySet<string> = new Set(CONVENTIONS.map(({ anchor }) => anchor));

class Finder {
  readonly found: FoundBlock[] = [];
  private readonly taken = new Set<string>();
  private readonly index: NameIndex;
  private readonly place: ReadonlyMap<string, number>;
  /** The modules in which each anchor stands, in the order of the file. */
  private readonly anchors: ReadonlyMap<string, readonly string[]>;

  constructor(
    private readonly state: StateDict,
    private readonly given: GivenAssumptions,
  ) {
    this.index = new NameIndex(new Set(state.entries.keys()));
    this.anchors = this.index.endings(ANCHORS);
    this.place = new Map([...state.entries.keys()].map((name, at) => [name, at]));
  }

  inOrder(): readonly FoundBlock[] {
    const at = ({ entries }: FoundBlock): number => this.place.get(entries[0] ?? '') ?? 0;
    return [...this.found].sort((a, b) => at(a) - at(b));
  }

  look(convention: Convention): void {
    const { anchor, beside, where } = convention;
    if (beside !== undefined && !this.found.some((block) => beside.includes(block.convention.name))) return;
    const { file } = where ?? {};
    if (file !== undefined && this.index.witness(file) === null) return;
    const prefixes = this.anchors.get(anchor) ?? [];
    if (prefixes.length === 0) return;
    const eps = epsOf(convention, this.index, this.given);
    for (const prefix of prefixes) {
      if (this.taken.has(under(prefix, anchor))) continue;
      this.take(this.block(convention, prefix, eps));
    }
  }

  /** Blocks whose anchor is not in the file, while other entries of theirs are: refused, so that nobody misses them. */
  lookForLost(): void {
    for (const { convention, prefix } of lostAnchors(this.index, this.taken, this.found)) {
      const { anchor } = convention;
      const eps = epsOf(convention, this.index, this.given);
      this.take(this.block(convention, prefix, eps, under(prefix, anchor)));
    }
  }

  private take(block: FoundBlock | null): void {
    if (block === null) return;
    this.found.push(block);
    for (const entry of block.entries) this.taken.add(entry);
  }

  /** Null where only a name or two are alike. */
  private block(
    convention: Convention,
    prefix: string,
    eps: BlockEps,
    lost: string | null = null,
  ): FoundBlock | null {
    const { state, index } = this;
    const tensorOf: TensorOf = (name) => state.entries.get(name);
    const module = prefix.slice(prefix.startsWith(state.wrapper) ? state.wrapper.length : 0);
    const name = under(module, convention.part ?? '');
    if (convention.where?.block?.test(module) === false) return null;
    const resolved = (answer?: boolean): Resolution => {
      const isThere = (kind: 'always' | 'unstrided'): boolean => answer ?? kind === 'always';
      return withLost(resolveSteps(convention.steps, prefix, index, isThere), lost);
    };
    const identity = this.identityOf(name, resolved, tensorOf);
    const resolution = resolved(identity);
    if ([...resolution.used].some((entry) => this.taken.has(entry))) return null;
    if (lost === null && !hasMain(resolution, tensorOf) && !hasLostMain(resolution, convention)) return null;
    const measures = measure(resolution.steps, tensorOf);
    const fits = typeof measures !== 'string' && resolution.missing.length === 0;
    if (!fits && !isSure(convention, resolution)) return null;
    if (convention.doubt !== undefined && strangers(convention, prefix, resolution.used, index).length > 0)
      return null;
    if (convention.depthwise !== undefined && (!fits || !isDepthwise(measures, resolution, tensorOf)))
      return null;
    const hidden = hiddenAssumptions(convention, resolution, measures, identity);
    const assumptions: OwnAssumption[] = [
      ...(hasNorm(resolution) ? [eps.assumption] : []),
      ...hidden.assumptions,
      ...namesAssumption(convention),
      ...(typeof measures === 'string' ? [] : sizeAssumptions(measures)),
    ];
    const merged = under(prefix, convention.deploy);
    const gone = [...resolution.used].filter((own) => !resolution.kept.has(own));
    const placeholders = convention.placeholder === true ? index.below(merged) : [];
    return {
      ...{ name, prefix, state, convention, assumptions },
      steps: resolution.steps,
      measures: typeof measures === 'string' ? null : measures,
      complete: resolution.missing.length === 0,
      eps: eps.value,
      entries: this.ordered(new Set([...gone, ...placeholders])),
      deploy: { weight: under(merged, 'weight'), bias: under(merged, 'bias') },
      refusal:
        this.refusal(convention, prefix, resolution, measures) ??
        namesRefusal(convention, prefix, eps) ??
        hidden.refusal,
    };
  }

  /** What somebody said of the identity; what was said of all blocks at once is nothing to one of unequal channels. */
  private identityOf(
    name: string,
    resolved: (answer?: boolean) => Resolution,
    tensorOf: TensorOf,
  ): boolean | undefined {
    const own = this.given.identity?.get(name);
    const all = this.given.identity?.get('');
    if (own !== undefined || all !== true) return own ?? all;
    return typeof measure(resolved(true).steps, tensorOf) === 'string' ? undefined : true;
  }

  private ordered(names: ReadonlySet<string>): readonly string[] {
    return [...names].sort((a, b) => (this.place.get(a) ?? 0) - (this.place.get(b) ?? 0));
  }

  private refusal(
    convention: Convention,
    prefix: string,
    resolution: Resolution,
    measures: Measures | string,
  ): FoundBlock['refusal'] {
    const { used, missing } = resolution;
    const refused = (why: string): FoundBlock['refusal'] => ({
      code: 'not-in-checkpoint',
      message: `"${prefix}" has the names of ${convention.name}, but ${why}.`,
    });
    const [lacking] = missing;
    if (lacking !== undefined) return refused(`"${lacking}" is not in the file`);
    if (typeof measures === 'string') return refused(`it ${measures}`);
    const coded = this.codedBranch(resolution);
    if (coded !== undefined)
      return refused(
        `"${coded}" holds no floating-point numbers of 16 bits or more, and nothing says what they stand for`,
      );
    const placeholder = convention.placeholder === true ? under(prefix, `${convention.deploy}.`) : null;
    const stranger = strangers(convention, prefix, used, this.index).find(
      (own) => placeholder === null || !own.startsWith(placeholder),
    );
    if (stranger !== undefined)
      return refused(`it also holds "${stranger}", and nothing says what is computed with that`);
    const taken = [convention.deploy]
      .flatMap((at) => [under(at, 'weight'), under(at, 'bias')])
      .map((own) => under(prefix, own))
      .find((own) => placeholder === null && this.index.has(own) && !used.has(own));
    return taken === undefined ? null : refused(`"${taken}" stands where its merged form would be stored`);
  }

  /** An entry of integers beside a kernel of floats: of a branch that was quantized, whose scale is nowhere. */
  private codedBranch({ steps, used }: Resolution): string | undefined {
    const dtypeOf = (name: string): DType => this.state.entries.get(name)?.dtype ?? 'other';
    const main = mainWeight(steps, (name) => this.state.entries.get(name));
    // of a kernel of integers the merge says that it can't be
    if (main === null || !isFloat(main.dtype)) return undefined;
    return [...used].find((name) => !name.endsWith('.num_batches_tracked') && !isFloat(dtypeOf(name)));
  }
}

/** Whether what doesn't fit is a damaged block, and not something else under some of the same names. */
function isSure({ doubt, beside, common }: Convention, { steps, used }: Resolution): boolean {
  return doubt === undefined && beside === undefined && (common !== true || seenBranches(steps, used) > 1);
}

function withLost(resolution: Resolution, lost: string | null): Resolution {
  return lost === null || resolution.missing.includes(lost)
    ? resolution
    : { ...resolution, missing: [lost, ...resolution.missing] };
}

function hasMain({ steps, used }: Resolution, tensorOf: TensorOf): boolean {
  const weights = [...allSteps(steps)].filter((step) => step.kind === 'conv' || step.kind === 'linear');
  const main = weights.find((step) => step.kind === 'conv' && step.rule.main === true) ?? weights[0];
  return main !== undefined && used.has(main.weight) && (tensorOf(main.weight)?.dims.length ?? 0) >= 2;
}

/** A block whose kernel is lost: an anchor such as "alpha" alone says nothing, two of its branches do. */
function hasLostMain(resolution: Resolution, { doubt, beside }: Convention): boolean {
  const { steps, used, missing } = resolution;
  if (doubt !== undefined || beside !== undefined || seenBranches(steps, used) < 2) return false;
  const main = [...allSteps(steps)].find((step) => step.kind === 'conv' && step.rule.main === true);
  return main?.kind === 'conv' && missing.includes(main.weight);
}

function hasNorm({ steps }: Resolution): boolean {
  return [...allSteps(steps)].some(({ kind }) => kind === 'bn');
}

function isDepthwise(measures: Measures | string, { steps }: Resolution, tensorOf: TensorOf): boolean {
  if (typeof measures === 'string') return false;
  const { groups, inChannels, outChannels, taps } = measures;
  const [first] = [...allSteps(steps)].filter((step) => step.kind === 'conv');
  const dims = first === undefined ? [] : (tensorOf(first.weight)?.dims ?? []);
  return groups === inChannels && groups === outChannels && dims[1] === 1 && taps.some((tap) => tap > 1);
}
