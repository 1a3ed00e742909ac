import { pickledTensor } from '../../torch/pickle/torchPickle';
import { isKind, type PickleDict, type PickleValue } from '../../torch/pickle/values';
import type { OtherEntry } from '../checkpoint';
import { Inert } from './checkpointPowers';

/** Values that are looked at in one file before the rest is taken for loadable. */
const MOST_VALUES = 4_000_000;

/**
 * What the values of one checkpoint are that are no weights. A pickle's values may stand in many places at once, so that a small
 * file says many large lists: each is looked through once.
 */
export class Beside {
  private left = MOST_VALUES;
  /** Values without anything unloadable in them. */
  private readonly clean = new Set<PickleValue>();
  private readonly withTensors = new Map<PickleDict, boolean>();

  kindOf(value: PickleValue): OtherEntry['kind'] {
    if (isOptimizer(value)) return 'optimizer';
    return this.isUnloadable(value) ? 'unloadable' : 'other';
  }

  /** Whether a value is a dict with a tensor among its own items. */
  holdsTensors(value: PickleValue): boolean {
    if (!isKind(value, 'dict')) return false;
    const known = this.withTensors.get(value);
    if (known !== undefined) return known;
    const holds = [...value.entries.values()].some((one) => pickledTensor(one) !== null);
    this.withTensors.set(value, holds);
    return holds;
  }

  /** Whether `torch.load(weights_only=True)` refuses the file for something in the value. */
  private isUnloadable(root: PickleValue): boolean {
    const open: PickleValue[] = [root];
    const seen = new Set<PickleValue>();
    for (let value = open.pop(); value !== undefined && this.left > 0; value = open.pop()) {
      this.left -= 1;
      if (typeof value !== 'object' || value === null || seen.has(value) || this.clean.has(value)) continue;
      seen.add(value);
      if (isKind(value, 'object') && value.content instanceof Inert && !value.content.loadable) return true;
      // one by one: there may be more than a call takes
      if (isKind(value, 'list') || isKind(value, 'tuple')) for (const item of value.items) open.push(item);
      if (isKind(value, 'dict')) for (const item of value.entries.values()) open.push(item);
    }
    for (const value of seen) this.clean.add(value);
    return false;
  }
}

/** Of a script, or a list of them as Lightning has it. */
export function isOptimizer(value: PickleValue): boolean {
  if (isKind(value, 'list')) return value.items.length > 0 && value.items.every(isState);
  return isState(value);
}

function isState(value: PickleValue): boolean {
  return isKind(value, 'dict') && value.entries.has('param_groups');
}
