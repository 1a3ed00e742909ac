import type { LinkKind } from '../../src/core/view/compare/compareTypes';
import type { MapState } from '../../src/core/view/map/mapTypes';
import type { IconName } from './icon';

/** How an item of a map can look: what is known of it, or what it is to the other model. */
export type Look = MapState | LinkKind;

/** Never by colour alone: each has a sign of its own. Colours are `--look-…` of looks.css. */
export const LOOK_ICONS: Readonly<Record<Look, IconName>> = {
  fusable: 'merge',
  refused: 'slash',
  fused: 'kernel',
  verified: 'check',
  faulty: 'cross',
  same: 'equal',
  merged: 'merge',
  weights: 'waves',
  changed: 'notEqual',
  left: 'minus',
  right: 'plus',
};

export const LOOKS = Object.keys(LOOK_ICONS) as readonly Look[];
