import type { Convention, Step } from '../conventions/convention';
import { CONVENTIONS } from '../conventions/conventions';
import type { FoundBlock } from './foundBlock';
import { under, type NameIndex } from './nameIndex';

/** A place where entries of a convention's are, without the one that tells that the block is there. */
export interface LostAnchor {
  readonly convention: Convention;
  readonly prefix: string;
}

interface Trace {
  readonly convention: Convention;
  readonly pattern: RegExp;
}

const PARTS = '(?:weight|bias|running_mean|running_var|_mean|_variance)';

/** Entries that nobody but this convention has; words such as "bn" and "conv1" tell nothing. */
const TRACES: readonly Trace[] = CONVENTIONS.flatMap((convention) => {
  const { doubt, beside, depthwise, where, steps } = convention;
  if ([doubt, beside, depthwise, where].some((given) => given !== undefined)) return [];
  const own = tracesOf(steps);
  if (own.length === 0) return [];
  const pattern = new RegExp(`^(?:(.*)\\.)?(?:${own.join('|')})\\.${PARTS}$`);
  // an anchor that is no convolution or BN ("alpha") is what makes it another convention
  return pattern.test(convention.anchor) ? [{ convention, pattern }] : [];
});
/** One look for a name that is none of them, which most are. */
const ANY = new RegExp(
  `(?:^|\\.)(?:${CONVENTIONS.flatMap(({ steps }) => tracesOf(steps)).join('|')})\\.${PARTS}$`,
);

/**
 * Where anchors are lost, those places first of which most entries are left.
 * @param found a module in which a block was found has no second one in the same part of it.
 */
export function lostAnchors(
  index: NameIndex,
  taken: ReadonlySet<string>,
  found: readonly Pick<FoundBlock, 'convention' | 'prefix'>[],
): readonly LostAnchor[] {
  const known = new Set(found.map(({ convention, prefix }) => placeOf(convention, prefix)));
  const places = new Map<string, { readonly lost: LostAnchor; count: number }>();
  for (const name of index.names) {
    if (taken.has(name) || !ANY.test(name)) continue;
    for (const { convention, pattern } of TRACES) {
      const prefix = pattern.exec(name)?.[1] ?? (pattern.test(name) ? '' : null);
      if (prefix === null || index.has(under(prefix, convention.anchor))) continue;
      if (known.has(placeOf(convention, prefix))) continue;
      const key = `${convention.name} ${prefix}`;
      const place = places.get(key) ?? { lost: { convention, prefix }, count: 0 };
      place.count += 1;
      places.set(key, place);
    }
  }
  return [...places.values()].sort((a, b) => b.count - a.count).map(({ lost }) => lost);
}

function placeOf({ part = '' }: Convention, prefix: string): string {
  return `${prefix} ${part}`;
}

function tracesOf(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step): readonly string[] => {
    if (step.kind === 'sum') return step.branches.flatMap((one) => tracesOf(one.steps));
    const isTold = (step.kind === 'conv' || step.kind === 'bn') && step.at.includes('_');
    return isTold ? [step.at.replaceAll('.', '\\.').replace(/\{\w+\}/g, '\\d+')] : [];
  });
}
