import { energyOf, type KernelCase, type KernelFault } from './kernelCase';

/**
 * The identity branch with all its factors, but in other input channels than its own: a converter that counts input
 * channels through all groups, or always from the first. Null where that is not what differs.
 */
export function misplacedIdentity(given: KernelCase, difference: Float64Array): KernelFault | null {
  const { branches, sample, tolerance } = given;
  const identities = branches.filter(({ isIdentity }) => isIdentity);
  if (identities.length === 0) return null;
  const own = difference.map((_, i) => identities.reduce((sum, { rows }) => sum + (rows[i] as number), 0));
  let elsewhere = 0;
  for (let start = 0; start < difference.length; start += sample.length) {
    let [factor, slack] = [0, 0];
    const found: number[] = [];
    for (let i = start; i < start + sample.length; i++) {
      factor += own[i] as number;
      const room = 2 * (tolerance[i] as number);
      slack = Math.max(slack, room);
      // what the deploy form has beside the other branches
      if (Math.abs((difference[i] as number) + (own[i] as number)) > room) found.push(i);
    }
    const [place] = found;
    if (place === undefined || found.length > 1) return null;
    const value = (difference[place] as number) + (own[place] as number);
    if (Math.abs(value - factor) > slack) return null;
    if (own[place] === 0) elsewhere += 1;
  }
  if (elsewhere === 0) return null;
  const channels = sample.channels.length;
  return {
    kind: 'identity-branch',
    message: `The identity branch stands in the wrong input channel in ${elsewhere} of ${channels} channels: its diagonal is not placed group by group.`,
    nodes: identities.flatMap(({ nodes }) => nodes),
    energy: energyOf(difference),
    factors: [],
  };
}
