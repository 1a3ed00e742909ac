import { raise } from '../../result';
import type { PickleMachine } from './machine';
import { isKind, type PickleValue } from './values';

/** What an opcode does. */
export type Opcode = (machine: PickleMachine) => void;

const NEWEST_PROTOCOL = 5;

const tuple = (items: readonly PickleValue[]): PickleValue => ({ kind: 'tuple', items });

const tupleOf =
  (count: number): Opcode =>
  (machine) => {
    const items = Array.from({ length: count }, () => machine.pop()).reverse();
    machine.push(tuple(items));
  };

const value =
  (read: (machine: PickleMachine) => PickleValue): Opcode =>
  (machine) =>
    machine.push(read(machine));

const text = (length: (machine: PickleMachine) => number): Opcode =>
  value((machine) => machine.cursor.text(length(machine)));

const bytes = (length: (machine: PickleMachine) => number): Opcode =>
  value((machine) => machine.cursor.bytesOf(length(machine)));

/** The state of an ordered dict (`_metadata`) is of no use here; of others only those have one that say so. */
const build: Opcode = (machine) => {
  const state = machine.pop();
  const built = machine.top();
  if (isKind(built, 'object') && built.build !== undefined) built.build(state);
  else if (!isKind(machine.top(), 'dict'))
    raise(
      'unsupported',
      'The pickle sets the inner state of an object, which is not done when a model is opened.',
    );
};

const stackGlobal: Opcode = (machine) => {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof name !== 'string' || typeof module !== 'string') machine.damaged('names a global by no name');
  else machine.push(machine.powers.global(`${module}.${name}`));
};

const protocol: Opcode = (machine) => {
  const version = machine.cursor.byte();
  if (version > NEWEST_PROTOCOL)
    raise('unsupported', `The pickle is of protocol ${version}, which is not known.`);
};

const u8 = (machine: PickleMachine): number => machine.cursor.byte();
const u32 = (machine: PickleMachine): number => machine.cursor.uint32();
const u64 = (machine: PickleMachine): number => machine.cursor.length64();

/** The opcodes that PyTorch's own pickles use, and the plain ones beside them; "." (stop) is the reader's. */
export const OPCODES: ReadonlyMap<number, Opcode> = new Map<number, Opcode>([
  [0x80, protocol],
  // a frame only says how much to read at once
  [0x95, (machine) => machine.cursor.bytesOf(8)],
  [0x28, (machine) => machine.mark()],
  [0x30, (machine) => machine.pop()],
  [0x31, (machine) => machine.popMark()],
  [0x32, value((machine) => machine.top())],
  [0x71, (machine) => machine.remember(u8(machine))],
  [0x72, (machine) => machine.remember(u32(machine))],
  [0x94, (machine) => machine.rememberNext()],
  [0x68, (machine) => machine.recall(u8(machine))],
  [0x6a, (machine) => machine.recall(u32(machine))],
  [0x4e, value(() => null)],
  [0x88, value(() => true)],
  [0x89, value(() => false)],
  [0x4a, value((machine) => machine.cursor.int32())],
  [0x4b, value(u8)],
  [0x4d, value((machine) => machine.cursor.uint16())],
  [0x8a, value((machine) => machine.cursor.long(u8(machine)))],
  [0x47, value((machine) => machine.cursor.float64())],
  [0x43, bytes(u8)],
  [0x42, bytes(u32)],
  [0x8e, bytes(u64)],
  [0x8c, text(u8)],
  [0x58, text(u32)],
  [0x8d, text(u64)],
  [0x55, text(u8)],
  [0x54, text(u32)],
  [0x29, value(() => tuple([]))],
  [0x85, tupleOf(1)],
  [0x86, tupleOf(2)],
  [0x87, tupleOf(3)],
  [0x74, value((machine) => tuple(machine.popMark()))],
  [0x5d, value(() => ({ kind: 'list', items: [] }))],
  [0x61, (machine) => machine.append([machine.pop()])],
  [0x65, (machine) => machine.append(machine.popMark())],
  [0x7d, (machine) => machine.pushDict()],
  [0x73, (machine) => machine.setItems([machine.pop(), machine.pop()].reverse())],
  [0x75, (machine) => machine.setItems(machine.popMark())],
  [0x63, value((machine) => machine.powers.global(`${machine.cursor.line()}.${machine.cursor.line()}`))],
  [0x93, stackGlobal],
  [0x51, value((machine) => machine.powers.persistent(machine.pop()))],
  [0x52, (machine) => machine.reduce()],
  [0x81, (machine) => machine.create()],
  [0x62, build],
]);
