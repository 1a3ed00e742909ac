import type { Model } from '../ir/model';
import { raise } from '../result';
import type { Tensor } from '../tensor/tensor';
import { checkpointSource, type CheckpointSource } from './checkpointModel';
import { counterpartState, renamed } from './counterpart';

/** What lies outside the blocks of two checkpoints and is not the same; null where all is. */
export interface EntryDifference {
  /** One sentence. */
  readonly message: string;
  /** Whether it says all that is to be said: blocks are missing, and nothing can be run. */
  readonly decides: boolean;
}

/** Counts training steps; nothing is computed with it. */
const COUNTER = /(?:^|\.)num_batches_tracked$/;
const MOST_NAMED = 3;

/**
 * Compares the entries of two checkpoints that belong to no merged block, which no graph shows: with the blocks they are all
 * that a deploy form loads. @param alike what counts as the same tensor.
 * @throws ProblemError `usage` where only one of the two is a checkpoint.
 */
export function compareEntries(
  original: Model,
  fused: Model,
  alike: (a: Tensor, b: Tensor) => boolean,
): EntryDifference | null {
  const [ours, theirs] = [checkpointSource(original), checkpointSource(fused)];
  if (ours === null && theirs === null) return null;
  if (ours === null || theirs === null)
    return raise(
      'usage',
      'Only one of the two files is a checkpoint, and it has no network around its blocks; compare a checkpoint with a checkpoint.',
    );
  const [lost] = theirs.missing ?? [];
  if (lost !== undefined) {
    const others = (theirs.missing?.length ?? 1) - 1;
    const more = others === 0 ? '' : others === 1 ? ' Nor is another.' : ` Nor are ${others} others.`;
    const message = `Block "${lost.name}" is not in the second checkpoint: neither "${lost.entry}", which its deploy form loads, nor its branches.${more}`;
    return { message, decides: true };
  }
  const lacking: string[] = [];
  const differing: string[] = [];
  const kept = entriesOutside(ours, theirs);
  for (const [name, { tensor, other }] of kept) {
    if (other === null) lacking.push(name);
    else if (!sameTensor(tensor, other, alike)) differing.push(name);
  }
  const more = entriesBeyond(ours, theirs);
  const sentences = [
    ...(differing.length === 0
      ? []
      : [`Outside the blocks ${named(differing, 'entry differs', 'entries differ')}.`]),
    ...(lacking.length === 0 ? [] : [`The second checkpoint lacks ${named(lacking, 'entry', 'entries')}.`]),
    ...(more.length === 0
      ? []
      : [
          `The second checkpoint holds ${named(more, 'entry', 'entries')} that neither the first nor its deploy form has: load_state_dict(…, strict=True) refuses it.`,
        ]),
  ];
  return sentences.length === 0 ? null : { message: sentences.join(' '), decides: false };
}

/** Entries of the second checkpoint that stand for none of the first, merged or not. */
function entriesBeyond(ours: CheckpointSource, theirs: CheckpointSource): readonly string[] {
  return ours.checkpoint.states.flatMap((state) => {
    const other = counterpartState(theirs.checkpoint, ours, state);
    if (other === null) return [];
    const blocks = ours.blocks.flatMap(({ block }) => (block.state === state ? [block] : []));
    const unmerged = theirs.blocks.flatMap(({ block }) => (block.state === other ? [block] : []));
    const gone = new Set(blocks.flatMap(({ entries }) => entries));
    const known = new Set([
      ...[...state.entries.keys()]
        .filter((name) => !gone.has(name))
        .map((name) => renamed(name, state, other)),
      ...blocks.flatMap(({ deploy }) =>
        [deploy.weight, deploy.bias].map((name) => renamed(name, state, other)),
      ),
      ...unmerged.flatMap(({ entries }) => entries),
    ]);
    return [...other.entries.keys()]
      .filter((name) => !known.has(name) && !COUNTER.test(name))
      .map((name) => (other.path === '' ? name : `${other.path}: ${name}`));
  });
}

interface Pair {
  readonly tensor: Tensor;
  readonly other: Tensor | null;
}

function entriesOutside(ours: CheckpointSource, theirs: CheckpointSource): ReadonlyMap<string, Pair> {
  const pairs = new Map<string, Pair>();
  // a block that stands in both as it was is compared as a block
  const gone = new Map(
    ours.checkpoint.states.map((state) => [
      state,
      new Set(ours.blocks.filter(({ block }) => block.state === state).flatMap(({ block }) => block.entries)),
    ]),
  );
  for (const state of ours.checkpoint.states) {
    const other = counterpartState(theirs.checkpoint, ours, state);
    const isMain = state === ours.checkpoint.states[0] || other !== null;
    for (const [name, tensor] of isMain ? state.entries : []) {
      if (gone.get(state)?.has(name) === true || COUNTER.test(name)) continue;
      const found = other?.entries.get(renamed(name, state, other)) ?? null;
      pairs.set(state.path === '' ? name : `${state.path}: ${name}`, { tensor, other: found });
    }
  }
  return pairs;
}

function sameTensor(a: Tensor, b: Tensor, alike: (a: Tensor, b: Tensor) => boolean): boolean {
  if (a.dtype !== 'other' || b.dtype !== 'other') return alike(a, b);
  const [left, right] = [a.bytes(), b.bytes()];
  return left.length === right.length && left.every((byte, place) => byte === right[place]);
}

function named(names: readonly string[], one: string, many: string): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => `"${name}"`);
  const rest = names.length - shown.length;
  return `${names.length} ${names.length === 1 ? one : many} (${shown.join(', ')}${rest > 0 ? `, and ${rest} more` : ''})`;
}
