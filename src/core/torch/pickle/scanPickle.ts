import { raise } from '../../result';
import { PickleCursor } from './cursor';
import { PickleMachine, type PicklePowers } from './machine';
import { OPCODES } from './opcodes';
import { MOST_PICKLE_BYTES } from './readPickle';
import { isKind, type PickleDict, type PickleValue } from './values';

/** A stretch of opcodes, [from, to) in the order of the file. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An item of a dict, and the opcodes that make it. */
export interface DictItem {
  readonly key: PickleValue;
  readonly value: PickleValue;
  /** Key and value; with the opcode that sets them where that sets nothing else. */
  readonly span: Span;
  /** Whether the opcode that sets it sets this item only, and so belongs to it. */
  readonly single: boolean;
}

/** A pickle as it was read, and which of its opcodes made what: enough to take items out and put others in. */
export interface PickleScan {
  readonly bytes: Uint8Array;
  readonly value: PickleValue;
  /** Where each opcode begins; one more for the end. */
  readonly starts: readonly number[];
  /** The items of each dict, in the order in which they were set. */
  readonly items: ReadonlyMap<PickleDict, readonly DictItem[]>;
  /** By opcode: the place in the memo that it writes or reads. */
  readonly puts: ReadonlyMap<number, number>;
  readonly gets: ReadonlyMap<number, number>;
  /** By place in the memo: the opcodes that make the value, and whether it may have been changed since. */
  readonly memo: ReadonlyMap<number, Memo>;
  /** By opcode: what a persistent id stands for. */
  readonly persistent: ReadonlyMap<number, PickleValue>;
  /** Globals that are named by two texts on the stack: by the opcode that the first begins with. */
  readonly globals: ReadonlyMap<number, StackGlobal>;
}

export interface StackGlobal {
  readonly span: Span;
  readonly module: string;
  readonly name: string;
}

export interface Memo {
  readonly span: Span;
  /** A list or dict: what is done to it later is not among its opcodes. */
  readonly mutable: boolean;
}

const MOST_OPCODES = 10_000_000;
const STOP = 0x2e;

/** How many values an opcode takes from the stack, MARK: all since the last mark; and whether it leaves a new one. */
type Effect = readonly [takes: number | 'mark', makes: 'value' | 'change' | 'nothing'];

const EFFECTS: ReadonlyMap<number, Effect> = new Map<number, Effect>([
  ...[0x80, 0x95, 0x28].map((code): [number, Effect] => [code, [0, 'nothing']]),
  ...[0x71, 0x72, 0x94].map((code): [number, Effect] => [code, [0, 'change']]),
  ...[0x30].map((code): [number, Effect] => [code, [1, 'nothing']]),
  [0x31, ['mark', 'nothing']],
  [0x85, [1, 'value']],
  [0x86, [2, 'value']],
  [0x87, [3, 'value']],
  [0x74, ['mark', 'value']],
  [0x61, [1, 'change']],
  [0x65, ['mark', 'change']],
  [0x73, [2, 'change']],
  [0x75, ['mark', 'change']],
  [0x93, [2, 'value']],
  [0x51, [1, 'value']],
  [0x52, [2, 'value']],
  [0x81, [2, 'value']],
  [0x62, [1, 'change']],
]);

const PUSHES: Effect = [0, 'value'];
const PUTS = new Set([0x71, 0x72, 0x94]);
const GETS = new Set([0x68, 0x6a]);
const DUP = 0x32;
const PERSISTENT = 0x51;
const STACK_GLOBAL = 0x93;
const SET_ONE = 0x73;
const SET_ALL = 0x75;

/**
 * `readPickle`, with a record of which opcodes made what. A pickle is written in postfix order: the opcodes of a value stand
 * together, and so a value can be cut out or put in without a writer that would have to know all that Python can write.
 * @throws ProblemError as `readPickle`.
 */
export function scanPickle(bytes: Uint8Array, powers: PicklePowers): PickleScan {
  if (bytes.length > MOST_PICKLE_BYTES) raise('unsupported', 'The pickle is larger than that of any model.');
  const scanner = new Scanner(bytes, powers);
  for (let count = 0; count < MOST_OPCODES; count++) {
    const value = scanner.step();
    if (value !== undefined) return scanner.result(value);
  }
  return raise('unsupported', 'The pickle has more steps than that of any model.');
}

class Scanner {
  private readonly cursor: PickleCursor;
  private readonly machine: PickleMachine;
  private readonly starts: number[] = [];
  private readonly items = new Map<PickleDict, DictItem[]>();
  private readonly puts = new Map<number, number>();
  private readonly gets = new Map<number, number>();
  private readonly memo = new Map<number, Memo>();
  private readonly persistent = new Map<number, PickleValue>();
  private readonly globals = new Map<number, StackGlobal>();
  /** For each value on the machine's stack the opcode that it begins with. */
  private readonly begins: number[] = [];
  /** For each mark how many values were there, and its opcode. */
  private readonly marks: { readonly depth: number; readonly at: number }[] = [];

  constructor(
    private readonly bytes: Uint8Array,
    powers: PicklePowers,
  ) {
    this.cursor = new PickleCursor(bytes);
    this.machine = new PickleMachine(this.cursor, powers);
  }

  /** Does one opcode. @returns what the pickle holds, at its end; undefined before. */
  step(): PickleValue | undefined {
    const at = this.starts.length;
    this.starts.push(this.cursor.position);
    const code = this.cursor.byte();
    if (code === STOP) return this.machine.pop();
    const opcode = OPCODES.get(code);
    if (opcode === undefined || code === DUP) {
      const hex = code.toString(16).padStart(2, '0');
      return raise(
        'unsupported',
        `The pickle uses opcode 0x${hex}, which a file of tensors never needs; it is not read.`,
      );
    }
    const pairs = this.pairs(code);
    opcode(this.machine);
    const [takes, makes] = EFFECTS.get(code) ?? PUSHES;
    this.account(code, at, takes, makes, pairs);
    return undefined;
  }

  result(value: PickleValue): PickleScan {
    const { bytes, items, puts, gets, memo, persistent, globals } = this;
    const starts = [...this.starts, this.cursor.position];
    return { bytes, value, starts, items, puts, gets, memo, persistent, globals };
  }

  /** The keys and values that an opcode is about to set; module and name of a global. */
  private pairs(code: number): readonly PickleValue[] {
    if (code === SET_ONE || code === STACK_GLOBAL) return this.machine.peek(2);
    const count = this.begins.length - (this.marks.at(-1)?.depth ?? 0);
    return code === SET_ALL ? this.machine.peek(count) : [];
  }

  private account(
    code: number,
    at: number,
    takes: Effect[0],
    makes: Effect[1],
    pairs: readonly PickleValue[],
  ): void {
    const { begins, machine } = this;
    if (code === 0x28) this.marks.push({ depth: begins.length, at });
    const mark = takes === 'mark' ? this.marks.pop() : undefined;
    const first = mark?.depth ?? begins.length - (takes === 'mark' ? 0 : takes);
    const taken = begins.splice(first);
    if (makes === 'value') begins.push(mark?.at ?? taken[0] ?? at);
    if (code === SET_ONE || code === SET_ALL) this.setItems(pairs, taken, at, code === SET_ONE);
    const [module, name] = pairs;
    if (code === STACK_GLOBAL && typeof module === 'string' && typeof name === 'string') {
      const span = { from: taken[0] ?? at, to: at + 1 };
      this.globals.set(span.from, { span, module, name });
    }
    if (PUTS.has(code)) this.put(at);
    if (GETS.has(code)) this.gets.set(at, this.operand(at));
    if (code === PERSISTENT) this.persistent.set(at, machine.top());
  }

  private setItems(
    pairs: readonly PickleValue[],
    begins: readonly number[],
    at: number,
    single: boolean,
  ): void {
    const dict = this.machine.top();
    if (!isKind(dict, 'dict')) return;
    const list = this.items.get(dict) ?? [];
    this.items.set(dict, list);
    for (let place = 0; place + 1 < pairs.length; place += 2) {
      const to = single ? at + 1 : (begins[place + 2] ?? at);
      const [key, value] = [pairs[place] as PickleValue, pairs[place + 1] as PickleValue];
      list.push({ key, value, span: { from: begins[place] as number, to }, single });
    }
  }

  private put(at: number): void {
    const code = this.bytes[this.starts[at] as number];
    const place = code === 0x94 ? this.memo.size : this.operand(at);
    if (this.memo.has(place)) raise('unsupported', 'The pickle remembers two values at one place.');
    const value = this.machine.top();
    const mutable = isKind(value, 'list') || isKind(value, 'dict');
    this.puts.set(at, place);
    this.memo.set(place, { span: { from: this.begins.at(-1) as number, to: at + 1 }, mutable });
  }

  /** The number behind an opcode, of one byte or four. */
  private operand(at: number): number {
    const start = this.starts[at] as number;
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + start);
    const code = view.getUint8(0);
    return code === 0x71 || code === 0x68 ? view.getUint8(1) : view.getUint32(1, true);
  }
}
