import { SAY_ELSEWHERE, SAY_IDENTITY, type GivenAssumptions, type OwnAssumption } from '../assumptions';
import type { Convention, Eps, HintedEps } from '../conventions/convention';
import type { FoundBlock } from './foundBlock';
import type { Measures } from './measure';
import type { NameIndex } from './nameIndex';
import type { Resolution } from './resolveSteps';

/** BN's eps, and where it is from. */
export interface BlockEps {
  readonly value: number;
  readonly assumption: OwnAssumption;
  /** Whether other names of the file speak for it, or somebody gave it. */
  readonly told: boolean;
}

/** BN's eps of a block's convention, or what somebody gave. */
export function epsOf(convention: Convention, index: NameIndex, { bnEps }: GivenAssumptions): BlockEps {
  const base = { kind: 'bn-eps', option: '--bn-eps' } as const;
  if (bnEps !== undefined) {
    const message = `BN eps ${text(bnEps)}, as given.`;
    return { value: bnEps, assumption: { ...base, value: bnEps, message, given: true }, told: true };
  }
  const hinted = convention.eps.filter(isHinted);
  const hint = hinted
    .map((eps) => ({ eps, witness: index.witness(eps.names) }))
    .find(({ witness }) => witness !== null);
  const own = convention.eps.at(-1) as Eps;
  const { value, whose } = hint?.eps ?? own;
  const others = [own].filter((eps) => eps.value !== value && eps.whose !== whose);
  const because = hint === undefined ? `${whose}'s` : `${whose}'s, as "${hint.witness ?? ''}" tells`;
  const named = others.map((eps) => `${eps.whose} has ${text(eps.value)}`).join(', ');
  const else_ = named === '' ? '' : ` (${named})`;
  const message = `BN eps ${text(value)} is ${because}${else_}: a checkpoint does not hold it, and the merged weights depend on it.`;
  return { value, assumption: { ...base, value, message, given: false }, told: hint !== undefined };
}

function isHinted(eps: Eps): eps is HintedEps {
  return 'names' in eps;
}

/** 0.00001 → "1e-5". */
function text(value: number): string {
  return value !== 0 && value < 0.01 ? value.toExponential() : String(value);
}

interface Hidden {
  readonly assumptions: readonly OwnAssumption[];
  readonly refusal: FoundBlock['refusal'];
}

/** What is taken of branches without a parameter; a refusal where that can't be known. */
export function hiddenAssumptions(
  convention: Convention,
  { hidden }: Resolution,
  measures: Measures | string,
  given: boolean | undefined,
): Hidden {
  if (hidden.length === 0 || typeof measures === 'string') return { assumptions: [], refusal: null };
  const base = { kind: 'identity', option: '--identity' } as const;
  if (given !== undefined) {
    const message = `An identity branch is ${given ? 'there' : 'not there'}, as given.`;
    return { assumptions: [{ ...base, value: given, message, given: true }], refusal: null };
  }
  if (hidden.includes('always')) {
    const message = `An identity branch is there, as in all ${convention.name} blocks: it has no entry in the file, and the merged weights depend on it.`;
    return { assumptions: [{ ...base, value: true, message, given: false }], refusal: null };
  }
  if (measures.inChannels !== measures.outChannels) {
    const message = `No identity branch is there, as ${convention.name} has none between unequal channels.`;
    return { assumptions: [{ ...base, value: false, message, given: false }], refusal: null };
  }
  const message = `${convention.name} has an identity branch here if the stride is 1, and the file holds neither; ${SAY_IDENTITY}.`;
  return { assumptions: [], refusal: { code: 'not-in-checkpoint', message, asks: 'identity' } };
}

/** A refusal where several families use the names, no other name of the file tells which, and nobody said. */
export function namesRefusal(
  { name, doubt, eps }: Convention,
  prefix: string,
  { told }: BlockEps,
): FoundBlock['refusal'] {
  if (doubt === undefined || eps.length === 1 || told) return null;
  const own = eps.filter(({ value }, at) => eps.findIndex((one) => one.value === value) === at);
  const choices = own.map(({ value, whose }) => `${text(value)} of ${whose}`).join(', ');
  const message = `"${prefix}" has the names of ${name}, but ${doubt.replace(/;.*/, '')}, and nothing else in the file tells which; if they are parallel branches, give their BN eps (${choices}): --bn-eps, or ${SAY_ELSEWHERE}.`;
  return { code: 'not-in-checkpoint', message, asks: 'bn-eps' };
}

export function namesAssumption({ name, doubt, variant }: Convention): readonly OwnAssumption[] {
  const why = doubt ?? variant;
  if (why === undefined) return [];
  const message = `The names are taken for ${name}'s: ${why}.`;
  return [{ kind: 'names', value: name, message, option: null, given: false }];
}

/** What is drawn, and changes no merged weight. */
export function sizeAssumptions({ taps, groupsKnown, groups }: Measures): readonly OwnAssumption[] {
  const given = false;
  const stride: OwnAssumption = {
    ...{ kind: 'stride', value: 1, option: null, given },
    message:
      'Stride 1 and half a kernel of padding are drawn: the file holds neither, and no merged weight depends on them.',
  };
  const grouped: OwnAssumption = {
    ...{ kind: 'groups', value: groups === 1 ? 'one group' : 'depthwise', option: null, given },
    message: `${groups === 1 ? 'One group is' : 'Depthwise convolutions are'} drawn: the file does not say the groups, and no merged weight depends on them.`,
  };
  return taps.length === 0 ? [] : [stride, ...(groupsKnown ? [] : [grouped])];
}
