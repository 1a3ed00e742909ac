import type { Call, Lowering, LoweringTable } from './call';
import { int } from './constants';

/** Arithmetic on sizes that are not known yet: lists of one int64. */

/** Where an input has the same size, it is read there: a tensor within a block should have no reader beside the block. */
function sizeOf(call: Call): string {
  const axis = call.axis('dim', call.rank('self'));
  const input = call.inputOfSize(call.dims('self')[axis] ?? null);
  if (input !== null)
    return call.emit('Shape', [input.value], { start: int(input.axis), end: int(input.axis + 1) });
  return call.emit('Shape', [call.tensor('self')], { start: int(axis), end: int(axis + 1) });
}

const binary =
  (opType: string): Lowering =>
  (call) =>
    call.emit(opType, [call.size('a'), call.size('b')]);

const negative: Lowering = (call) => {
  call.notePositive(!call.isPositive('a'));
  return call.emit('Neg', [call.size('a')]);
};

const product: Lowering = (call) => {
  call.notePositive(call.isPositive('a') === call.isPositive('b'));
  return binary('Mul')(call);
};

/** Rounded down, also where a size was turned round to be rounded up: −(−h // 2). ONNX cuts towards zero. */
const floorDivision: Lowering = (call) => {
  const [a, b] = [call.size('a'), call.size('b')];
  const isPositive = call.isPositive('a') && call.isPositive('b');
  call.notePositive(call.isPositive('a') === call.isPositive('b'));
  if (isPositive) return call.emit('Div', [a, b]);
  return call.emit('Div', [call.emit('Sub', [a, call.emit('Mod', [a, b])]), b]);
};

/** The product of all sizes, as a list of one. */
const count: Lowering = (call) => {
  const size = call.emit('Size', [call.tensor('self')]);
  return call.emit('Reshape', [size, call.list([1])]);
};

export const sizeLowerings: LoweringTable = {
  'aten.sym_size': sizeOf,
  'aten.sym_numel': count,
  '_operator.add': binary('Add'),
  '_operator.sub': binary('Sub'),
  '_operator.mul': product,
  '_operator.neg': negative,
  '_operator.floordiv': floorDivision,
  '_operator.mod': binary('Mod'),
};
