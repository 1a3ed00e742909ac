import type { Assumption } from '../core/checkpoint/assumptions';
import type { paintFor } from './paint';
import { count } from './format';

/** What the blocks of a checkpoint were taken for, as lines; what changes the result first. */
export function describeAssumptions(
  assumptions: readonly Assumption[] | undefined,
  pc: ReturnType<typeof paintFor>,
): readonly string[] {
  if (assumptions === undefined || assumptions.length === 0) return [];
  const matters = ({ kind }: Assumption): number => (kind === 'stride' || kind === 'groups' ? 1 : 0);
  const ordered = [...assumptions].sort((a, b) => matters(a) - matters(b));
  return [
    pc.bold('assumed'),
    ...ordered.map(({ message, blocks, option, given }) => {
      const hint = option === null || given ? '' : ` ${option} says otherwise.`;
      return `  ${message}${hint} ${pc.dim(`(${count(blocks.length, 'block')})`)}`;
    }),
  ];
}
