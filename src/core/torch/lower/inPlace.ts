import type { Lowering } from './call';
import { LOWERINGS } from './lowerings';

/** What a call that ends in an underscore writes into its first argument. */

/** Whether a call writes into its first argument. */
export function isInPlace(target: string): boolean {
  return /[^_]_$/.test(target) && target !== 'aten.detach_';
}

/** The lowering of the value written: that of the call without the underscore. */
export function inPlaceLowering(target: string): Lowering | undefined {
  return LOWERINGS.get(target.slice(0, -1));
}
