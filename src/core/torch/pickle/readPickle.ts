import { raise } from '../../result';
import { PickleCursor } from './cursor';
import { PickleMachine, type PicklePowers } from './machine';
import { OPCODES } from './opcodes';
import type { PickleValue } from './values';

/** A state dict's pickle has some hundred bytes a tensor. */
export const MOST_PICKLE_BYTES = 2 ** 26;
const MOST_OPCODES = 4_000_000;
const STOP = 0x2e;

/**
 * Reads a pickle without running anything of it: only plain values, and what `powers` puts in the place of the few globals
 * that it allows. Dicts are `Map`s. No step recurses, so a deep pickle is no danger.
 * @throws ProblemError `unsupported` for a global or an opcode that is not allowed, and beyond the limits; `bad-input` for a
 * damaged pickle.
 */
export function readPickle(bytes: Uint8Array, powers: PicklePowers): PickleValue {
  if (bytes.length > MOST_PICKLE_BYTES) raise('unsupported', 'The pickle is larger than that of any model.');
  const cursor = new PickleCursor(bytes);
  const machine = new PickleMachine(cursor, powers);
  for (let count = 0; count < MOST_OPCODES; count++) {
    const code = cursor.byte();
    if (code === STOP) return machine.pop();
    const opcode = OPCODES.get(code);
    if (opcode === undefined) {
      const hex = code.toString(16).padStart(2, '0');
      raise(
        'unsupported',
        `The pickle uses opcode 0x${hex}, which a file of tensors never needs; it is not read.`,
      );
    }
    opcode(machine);
  }
  return raise('unsupported', 'The pickle has more steps than that of any model.');
}
