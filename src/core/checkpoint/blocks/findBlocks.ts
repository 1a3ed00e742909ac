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
import { measure, type Measures, type TensorOf } from './measure';
import { NameIndex, under } from './nameIndex';
import { allSteps } from './resolved';
import { namesOf, resolveSteps, type Resolution } from './resolveSteps';

/** The blocks of a state dict by the table of conventions, in the order of the file. */
export function findBlocks(state: StateDict, given: GivenAssumptions = {}): readonly FoundBlock[] {
  const finder = new Finder(state, given);
  for (const convention of CONVENTIONS) finder.look(convention);
  return finder.inOrder();
}

class Finder {
  readonly found: FoundBlock[] = [];
  private readonly taken = new Set<string>();
  private readonly index: NameIndex;
  private readonly place: ReadonlyMap<string, number>;

  constructor(
    private readonly state: StateDict,
    private readonly given: GivenAssumptions,
  ) {
    this.index = new NameIndex(new Set(state.entries.keys()));
    this.place = new Map([...state.entries.keys()].map((name, at) => [name, at]));
  }

  inOrder(): readonly FoundBlock[] {
    const at = ({ entries }: FoundBlock): number => this.place.get(entries[0] ?? '') ?? 0;
    return [...this.found].sort((a, b) => at(a) - at(b));
  }

  look(convention: Convention): void {
    const { anchor, beside } = convention;
    if (beside !== undefined && !this.found.some((block) => beside.includes(block.convention.name))) return;
    const eps = epsOf(convention, this.index.names, this.given);
    for (const name of this.place.keys()) {
      if (this.taken.has(name) || (name !== anchor && !name.endsWith(`.${anchor}`))) continue;
      const prefix = name.slice(0, Math.max(0, name.length - anchor.length - 1));
      const block = this.block(convention, prefix, eps);
      if (block === null) continue;
      this.found.push(block);
      for (const entry of block.entries) this.taken.add(entry);
    }
  }

  /** Null where only a name or two are alike. */
  private block(convention: Convention, prefix: string, eps: BlockEps): FoundBlock | null {
    const { state, index, given } = this;
    const tensorOf: TensorOf = (name) => state.entries.get(name);
    const module = prefix.slice(prefix.startsWith(state.wrapper) ? state.wrapper.length : 0);
    const name = under(module, convention.part ?? '');
    const identity = given.identity?.get(name) ?? given.identity?.get('');
    const asked = (kind: 'always' | 'unstrided'): boolean => identity ?? kind === 'always';
    const resolution = resolveSteps(convention.steps, prefix, index, asked);
    if ([...resolution.used].some((entry) => this.taken.has(entry))) return null;
    if (!hasMain(resolution, tensorOf)) return null;
    const measures = measure(resolution.steps, tensorOf);
    const fits = typeof measures !== 'string' && resolution.missing.length === 0;
    const isSure = convention.doubt === undefined && convention.beside === undefined;
    if (!fits && !isSure) return null;
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
    return {
      ...{ name, prefix, state, convention, assumptions },
      steps: resolution.steps,
      measures: typeof measures === 'string' ? null : measures,
      complete: resolution.missing.length === 0,
      eps: eps.value,
      entries: this.ordered(resolution.used),
      deploy: { weight: under(merged, 'weight'), bias: under(merged, 'bias') },
      refusal:
        this.refusal(convention, prefix, resolution, measures) ??
        namesRefusal(convention, prefix, eps) ??
        hidden.refusal,
    };
  }

  private ordered(names: ReadonlySet<string>): readonly string[] {
    return [...names].sort((a, b) => (this.place.get(a) ?? 0) - (this.place.get(b) ?? 0));
  }

  private refusal(
    convention: Convention,
    prefix: string,
    { used, missing }: Resolution,
    measures: Measures | string,
  ): FoundBlock['refusal'] {
    const refused = (why: string): FoundBlock['refusal'] => ({
      code: 'not-in-checkpoint',
      message: `"${prefix}" has the names of ${convention.name}, but ${why}.`,
    });
    const [lacking] = missing;
    if (lacking !== undefined) return refused(`"${lacking}" is not in the file`);
    if (typeof measures === 'string') return refused(`it ${measures}`);
    const stranger = strangers(convention, prefix, used, this.index)[0];
    if (stranger !== undefined)
      return refused(`it also holds "${stranger}", and nothing says what is computed with that`);
    const taken = [convention.deploy]
      .flatMap((at) => [under(at, 'weight'), under(at, 'bias')])
      .map((own) => under(prefix, own))
      .find((own) => this.index.has(own) && !used.has(own));
    return taken === undefined ? null : refused(`"${taken}" stands where its merged form would be stored`);
  }
}

function hasMain({ steps, used }: Resolution, tensorOf: TensorOf): boolean {
  const weights = [...allSteps(steps)].filter((step) => step.kind === 'conv' || step.kind === 'linear');
  const main = weights.find((step) => step.kind === 'conv' && step.rule.main === true) ?? weights[0];
  return main !== undefined && used.has(main.weight) && (tensorOf(main.weight)?.dims.length ?? 0) >= 2;
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

/**
 * Entries that look as if they were part of the block, and that its convention does not know: in the modules of its branches,
 * beside them under a name of their kind ("rbr_context", "conv3"), or parameters of the block's own module ("alpha").
 */
function strangers(
  convention: Convention,
  prefix: string,
  used: ReadonlySet<string>,
  index: NameIndex,
): readonly string[] {
  const depth = prefix === '' ? 0 : prefix.split('.').length;
  const modules = new Set([
    ...[...used].map((name) => name.split('.')[depth] ?? ''),
    ...namesOf(convention.steps).map((name) => name.split('.')[0] ?? ''),
  ]);
  const stems = new Set(
    [...modules].filter((name) => name.includes('_')).map((name) => name.slice(0, name.indexOf('_') + 1)),
  );
  const numbered = new Set([...modules].filter((name) => /\D\d+$/.test(name)).map(withoutNumber));
  const isKin = (child: string): boolean =>
    modules.has(child) ||
    // a parameter of the module itself is computed with in the block's own code
    index.has(under(prefix, child)) ||
    (/\D\d+$/.test(child) && numbered.has(withoutNumber(child))) ||
    [...stems].some((stem) => child.startsWith(stem));
  return index
    .children(prefix)
    .filter((child) => isKin(child) && convention.aside?.includes(child) !== true)
    .flatMap((child) => index.below(under(prefix, child)))
    .filter((name) => !used.has(name) && !isAside(convention, prefix, name));
}

/** "conv3" stands beside "conv1" and "conv2". */
function withoutNumber(name: string): string {
  return name.replace(/\d+$/, '');
}

function isAside({ aside = [] }: Convention, prefix: string, name: string): boolean {
  return aside.some((own) => name === under(prefix, own) || name.startsWith(`${under(prefix, own)}.`));
}
