import type { Vertex } from '../../../src/core/view/blockGraph';

export type OpKind = 'conv' | 'norm' | 'pool' | 'merge' | 'other';

/** The sort of an operator, for its colour. */
export function opKind({ kind, title }: Pick<Vertex, 'kind' | 'title'>): OpKind {
  if (kind === 'merge') return 'merge';
  if (/^Conv/.test(title)) return 'conv';
  if (/Normalization$/.test(title)) return 'norm';
  if (/Pool$/.test(title)) return 'pool';
  return 'other';
}
