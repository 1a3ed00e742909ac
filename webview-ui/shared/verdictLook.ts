import type { Verdict } from '../../src/core/verify/report';
import type { IconName } from './icon';

const LOOKS: Readonly<Record<Verdict, { readonly icon: IconName; readonly tone: string }>> = {
  equivalent: { icon: 'check', tone: 'good' },
  'not-equivalent': { icon: 'cross', tone: 'bad' },
  inconclusive: { icon: 'question', tone: 'warn' },
};

/** Icon and colour of a verdict; the words always stand beside them. */
export function verdictLook(verdict: Verdict): { readonly icon: IconName; readonly tone: string } {
  return LOOKS[verdict];
}
