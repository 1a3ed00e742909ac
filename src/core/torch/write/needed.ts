import type { Fate } from './callTrace';
import { makesOf, readsOf } from './rawCall';
import type { JsonObject } from './taggedJson';

/**
 * What to do with each call: `write` it; `leave` it out; `try`: write it where all that it reads is still there, as with
 * what nobody read before, which is not ours to judge.
 */
export type Use = 'write' | 'leave' | 'try';

/** @param outputs names that a caller gets. */
export function usesOf(
  raw: readonly JsonObject[],
  fates: readonly Fate[],
  outputs: readonly string[],
): readonly Use[] {
  const before = readBackwards(raw, outputs, (place) => fates[place] !== 'silent');
  const after = readBackwards(
    raw,
    outputs,
    (place) => fates[place] === 'kept',
    (place) => fates[place] === 'gone',
  );
  return raw.map((_, place) => {
    if (fates[place] === 'gone') return 'leave';
    if (fates[place] === 'kept' || after.has(place)) return 'write';
    return before.has(place) ? 'leave' : 'try';
  });
}

/** The calls that are needed for those of which it is known, and for the outputs. */
function readBackwards(
  raw: readonly JsonObject[],
  outputs: readonly string[],
  isNeeded: (place: number) => boolean,
  isGone: (place: number) => boolean = () => false,
): ReadonlySet<number> {
  const names = new Set(outputs);
  const needed = new Set<number>();
  for (let place = raw.length - 1; place >= 0; place--) {
    const call = raw[place] ?? {};
    if (isGone(place) || (!isNeeded(place) && !makesOf(call).some((name) => names.has(name)))) continue;
    needed.add(place);
    for (const name of readsOf(call)) names.add(name);
  }
  return needed;
}
