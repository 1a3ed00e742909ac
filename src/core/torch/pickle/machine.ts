import { raise } from '../../result';
import type { PickleCursor } from './cursor';
import { isKind, type PickleGlobal, type PickleKey, type PickleTuple, type PickleValue } from './values';

/** What the pickle's reader allows. */
export interface PicklePowers {
  /** What stands for a global. @throws ProblemError that names it, where it is not allowed. */
  global(name: string): PickleGlobal;
  /** What stands for a persistent id (a storage beside the pickle). @throws ProblemError where it means nothing. */
  persistent(id: PickleValue): PickleValue;
}

/** A state dict has some ten values a tensor; these are for files that only pretend. */
const MOST_VALUES = 2_000_000;
const MOST_MARKS = 1000;
const MOST_DICTS = 500_000;

/** The stack of a pickle and what it has remembered. Nothing here runs anything of the file. */
export class PickleMachine {
  private readonly stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  private dicts = 0;
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    readonly cursor: PickleCursor,
    readonly powers: PicklePowers,
  ) {}

  push(value: PickleValue): void {
    if (this.stack.length >= MOST_VALUES)
      raise('unsupported', 'The pickle piles up more values than a model has.');
    this.stack.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) this.damaged('takes a value that is not there');
    return this.stack.pop() as PickleValue;
  }

  top(): PickleValue {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  /** The last values, the newest at the end; fewer where there are fewer since the last mark. */
  peek(count: number): readonly PickleValue[] {
    return this.stack.slice(Math.max(this.marks.at(-1) ?? 0, this.stack.length - count));
  }

  mark(): void {
    if (this.marks.length >= MOST_MARKS) raise('unsupported', 'The pickle is nested deeper than a model is.');
    this.marks.push(this.stack.length);
  }

  /** What was pushed since the last mark, which is gone then. */
  popMark(): PickleValue[] {
    const mark = this.marks.pop();
    return mark === undefined ? this.damaged('closes what was never opened') : this.stack.splice(mark);
  }

  popTuple(): PickleTuple {
    const value = this.pop();
    return isKind(value, 'tuple') ? value : this.damaged('calls something without arguments');
  }

  /** Each takes some hundred bytes, and a byte of the pickle makes one. */
  pushDict(): void {
    this.dicts += 1;
    if (this.dicts > MOST_DICTS) raise('unsupported', 'The pickle holds more dicts than a model has.');
    this.push({ kind: 'dict', entries: new Map() });
  }

  remember(place: number): void {
    if (this.memo.size >= MOST_VALUES)
      raise('unsupported', 'The pickle remembers more values than a model has.');
    this.memo.set(place, this.top());
  }

  rememberNext(): void {
    this.remember(this.memo.size);
  }

  recall(place: number): void {
    const value = this.memo.get(place);
    this.push(value === undefined ? this.damaged('recalls what it never had') : value);
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!isKind(list, 'list')) return this.damaged('appends to what is no list');
    for (const item of items) list.items.push(item);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!isKind(dict, 'dict') || items.length % 2 !== 0)
      return this.damaged('sets an item of what is no dict');
    for (let place = 0; place < items.length; place += 2) {
      dict.entries.set(this.key(items[place]), items[place + 1] as PickleValue);
    }
  }

  /** Calls an allowed global. @throws ProblemError that names any other. */
  reduce(): void {
    const args = this.pop();
    const callee = this.pop();
    if (!isKind(callee, 'global')) return this.damaged('calls what is no function');
    const given = callee.takesOne === true ? [args] : isKind(args, 'tuple') ? args.items : null;
    if (given === null) return this.damaged('calls something without arguments');
    if (callee.call === null)
      raise('unsupported', `The pickle calls "${callee.name}", which is not done when a model is opened.`);
    this.push(callee.call(given));
  }

  /** Makes an object of an allowed class, which its arguments can't change. @throws ProblemError that names any other. */
  create(): void {
    this.popTuple();
    const callee = this.pop();
    if (!isKind(callee, 'global')) return this.damaged('makes an object of what is no class');
    if (callee.create === undefined)
      raise('unsupported', `The pickle makes a "${callee.name}", which is not done when a model is opened.`);
    this.push(callee.create());
  }

  damaged(what: string): never {
    raise('bad-input', `The pickle is damaged before byte ${this.cursor.position}: it ${what}.`);
  }

  private key(value: PickleValue | undefined): PickleKey {
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    )
      return value;
    return raise('unsupported', 'The pickle holds a dict whose keys are no names or numbers.');
  }
}
