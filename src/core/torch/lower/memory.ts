import { raise } from '../../result';

/**
 * Tensors that share memory, made functional. A view (`slice`, `view`, `permute` …) is a cell over another cell; writing
 * through it makes new values for all cells on the way to the tensor that owns the memory, and every other view of that
 * tensor is made again from there when it is read next.
 */
export interface Cell {
  storage: Storage;
  /** Null for a tensor that owns its memory. */
  view: View | null;
  /** The IR's value, as of `version`. */
  value: string;
  version: number;
}

interface Storage {
  /** Counts the writes. */
  version: number;
  /** Why the memory can't be read any more. */
  spoiled: string | null;
}

export interface View {
  readonly of: Cell;
  /** The view of another value. @throws ProblemError where it may be a copy, which stays as it was. */
  again(value: string): string;
  /** The viewed tensor after a write of `value` to the view; null where it is not known how, or whether it is a copy. */
  readonly written: ((viewed: string, value: string) => string) | null;
}

export function ownCell(value: string): Cell {
  return { storage: { version: 0, spoiled: null }, view: null, value, version: 0 };
}

export function viewCell(view: View, value: string): Cell {
  const { storage } = view.of;
  return { storage, view, value, version: storage.version };
}

/** The value of a cell after all writes. @throws ProblemError where a write before can't be followed. */
export function readCell(cell: Cell): string {
  const { storage } = cell;
  if (storage.spoiled !== null) raise('unsupported', storage.spoiled);
  const stale: Cell[] = [];
  for (let at = cell; at.view !== null && at.version !== storage.version; at = at.view.of) stale.push(at);
  // from the tensor that owns the memory on: views of views may be many, and this must not recurse
  for (const one of stale.reverse()) {
    one.value = (one.view as View).again((one.view as View).of.value);
    one.version = storage.version;
  }
  return cell.value;
}

/** Writes a value of the cell's own shape. `writer` names who writes, for the sentence where it can't be followed. */
export function writeCell(cell: Cell, value: string, writer: string): void {
  const chain: (readonly [Cell, string])[] = [[cell, value]];
  let [at, now] = [cell, value];
  while (at.view !== null) {
    if (at.view.written === null) {
      detach(at, chain, writer);
      break;
    }
    now = at.view.written(readCell(at.view.of), now);
    at = at.view.of;
    chain.push([at, now]);
  }
  cell.storage.version += 1;
  for (const [one, own] of chain) {
    one.value = own;
    one.version = cell.storage.version;
  }
}

/** `at` goes on by itself, with the views of it that are written through; who reads the memory behind it hears why that can't be. */
function detach(at: Cell, chain: readonly (readonly [Cell, string])[], writer: string): void {
  at.storage.spoiled = `"${writer}" writes through a view that cannot be followed, and the tensor behind it is read afterwards; write to the tensor itself, and export again.`;
  const storage = { version: at.storage.version, spoiled: null };
  at.view = null;
  for (const [one] of chain) one.storage = storage;
}
