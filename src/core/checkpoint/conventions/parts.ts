import type { BranchRule, Step } from './convention';

export type Branches = readonly BranchRule[];

/** Words of the tables: each makes the data that `Convention` describes. */

export const convBn = (conv: string, bn: string): readonly Step[] => [
  { kind: 'conv', at: conv },
  { kind: 'bn', at: bn },
];

export const mainBn = (conv: string, bn: string): readonly Step[] => [
  { kind: 'conv', at: conv, main: true },
  { kind: 'bn', at: bn },
];

/** A module of a convolution "conv" and its BN "bn". */
export const unit = (at: string): readonly Step[] => convBn(`${at}.conv`, `${at}.bn`);
export const mainUnit = (at: string): readonly Step[] => mainBn(`${at}.conv`, `${at}.bn`);

export const branch = (...steps: readonly Step[]): BranchRule => ({ steps });
export const optional = (...steps: readonly Step[]): BranchRule => ({ steps, optional: true });
export const bnIdentity = (at: string): BranchRule => optional({ kind: 'bn', at });
export const identity: BranchRule = { steps: [], hidden: 'always' };
export const sum = (...branches: readonly BranchRule[]): Step => ({ kind: 'sum', branches });
