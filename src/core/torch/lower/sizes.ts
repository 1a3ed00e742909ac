import type { Call, Lowering, LoweringTable } from './call';
import { int } from './constants';

/** Arithmetic on sizes that are not known yet: lists of one int64. */

function sizeOf(call: Call): string {
  const axis = call.axis('dim', call.rank('self'));
  return call.emit('Shape', [call.tensor('self')], { start: int(axis), end: int(axis + 1) });
}

const binary =
  (opType: string): Lowering =>
  (call) =>
    call.emit(opType, [call.size('a'), call.size('b')]);

export const sizeLowerings: LoweringTable = {
  'aten.sym_size': sizeOf,
  '_operator.add': binary('Add'),
  '_operator.sub': binary('Sub'),
  '_operator.mul': binary('Mul'),
  // sizes are not negative: whole division rounds down
  '_operator.floordiv': binary('Div'),
  '_operator.mod': binary('Mod'),
};
