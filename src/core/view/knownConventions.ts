import { CONVENTIONS } from '../checkpoint/conventions/conventions';

/** Whose names a checkpoint's blocks may have. */
export interface KnownConvention {
  readonly name: string;
  /** The name that tells that a block may be there. */
  readonly anchor: string;
  /** The module that the deploy form loads; '' for the block itself. */
  readonly deploy: string;
}

/** All that are looked for, each name once, by the alphabet. */
export function knownConventions(): readonly KnownConvention[] {
  const byName = new Map<string, KnownConvention>();
  for (const { name, anchor, deploy } of CONVENTIONS)
    if (!byName.has(name)) byName.set(name, { name, anchor, deploy });
  return [...byName.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}
