import type { Convention, Eps, Step } from './convention';
import { branch, convBn, sum } from './parts';

const EPS: readonly [Eps] = [{ value: 1e-5, whose: 'RepViT' }];
const REPVIT = ['RepViT', 'RepViT before its second version'];

const normLinear = (at: string): readonly Step[] => [
  { kind: 'bn', at: `${at}.bn` },
  { kind: 'linear', at: `${at}.l` },
];

/** A classifier and the one that was distilled, averaged; its deploy form is one matrix in the place of both. */
const averaged = (name: string, one: string): Convention => ({
  name,
  family: 'Linear branches',
  anchor: `${one}_dist.l.weight`,
  steps: [sum(branch(...normLinear(one)), branch(...normLinear(`${one}_dist`))), { kind: 'halve' }],
  deploy: '',
  eps: EPS,
  beside: REPVIT,
});

const single = (name: string, one: string): Convention => ({
  name,
  family: 'Linear branches',
  anchor: `${one}.l.weight`,
  steps: normLinear(one),
  deploy: '',
  eps: EPS,
  beside: REPVIT,
});

/** What RepViT's deploy form folds beside its blocks: each convolution with its BN, and the classifier. */
export const FOLDS: readonly Convention[] = [
  averaged('timm RepViT classifier', 'head'),
  averaged('RepViT classifier', 'classifier'),
  single('timm RepViT classifier', 'head'),
  single('RepViT classifier', 'classifier'),
  {
    name: 'RepViT convolution',
    family: 'Linear branches',
    anchor: 'c.weight',
    steps: convBn('c', 'bn'),
    deploy: '',
    eps: EPS,
    beside: REPVIT,
  },
];
