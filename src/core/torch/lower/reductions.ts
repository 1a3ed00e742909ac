import { isFloat } from '../../tensor/dtype';
import type { Call, Lowering, LoweringTable } from './call';
import { int } from './constants';

/** Sums, means and extremes over axes; over all of them where none is named. */

const reduce =
  (opType: string): Lowering =>
  (call) => {
    const { dtype } = call.result();
    return over(call, opType, call.operand('self', dtype));
  };

function over(call: Call, opType: string, value: string, keep = keepsAxes(call)): string {
  const axes = axesOf(call);
  const inputs = axes.length === 0 ? [value] : [value, call.list(axes)];
  return call.emit(opType, inputs, { keepdims: int(keep ? 1 : 0) });
}

function keepsAxes(call: Call): boolean {
  return call.flag('keepdim', false);
}

function axesOf(call: Call): readonly number[] {
  const rank = call.rank('self');
  return call.has('dim') ? call.ints('dim').map((axis) => (axis < 0 ? axis + rank : axis)) : [];
}

/** Over one axis, with the places of the extremes beside: of equal ones the first, as PyTorch has it. */
const extreme =
  (opType: string, binary: string, placeType: string): Lowering =>
  (call) => {
    if (call.node.overload === 'other') {
      const { dtype } = call.result();
      return call.emit(binary, [call.operand('self', dtype), call.operand('other', dtype)]);
    }
    const value = over(call, opType, call.tensor('self'));
    return call.has('dim') ? [value, place(placeType)(call) as string] : value;
  };

/** Mean square distance from the mean, divided by n − correction. */
function variance(call: Call): string {
  const dims = call.dims('self');
  const axes = axesOf(call);
  const reduced = (axes.length === 0 ? dims.map((_, axis) => axis) : axes).map((axis) => dims[axis]);
  const counts = reduced.filter((size) => typeof size === 'number');
  if (counts.length !== reduced.length) return call.cannot('reduces open sizes');
  const count = counts.reduce((product, size) => product * size, 1);
  const unbiased = call.has('unbiased') ? Number(call.flag('unbiased', true)) : 1;
  const divisor = count - (call.has('correction') ? call.number('correction') : unbiased);
  const { dtype } = call.result();
  const x = call.tensor('self');
  const away = call.emit('Sub', [x, over(call, 'ReduceMean', x, true)]);
  const sum = over(call, 'ReduceSumSquare', away);
  return call.emit('Div', [sum, call.scalar(divisor, dtype)]);
}

/** Norms of order 1 and 2. */
const norm =
  (name: string): Lowering =>
  (call) => {
    const order = call.number(name, 2);
    const opType =
      order === 2 ? 'ReduceL2' : order === 1 ? 'ReduceL1' : call.cannot('is of an unusual order');
    return over(call, opType, call.operand('self', call.result().dtype));
  };

const place =
  (opType: string): Lowering =>
  (call) => {
    if (!call.has('dim')) {
      if (keepsAxes(call)) return call.cannot('keeps all axes');
      const flat = call.emit('Reshape', [call.tensor('self'), call.list([-1])]);
      return call.emit(opType, [flat], { axis: int(0), keepdims: int(0) });
    }
    const axis = int(call.axis('dim', call.rank('self')));
    return call.emit(opType, [call.tensor('self')], { axis, keepdims: int(keepsAxes(call) ? 1 : 0) });
  };

/** Whether some element, or every one, is not zero. */
const truth =
  (opType: string): Lowering =>
  (call) =>
    call.cast(over(call, opType, call.cast(call.operand('self', 'bool'), 'int32')), 'bool');

/** The largest or smallest k of an axis, or all of them in order; with their places. */
const ordered =
  (count: (call: Call) => number, isLargest: (call: Call) => boolean): Lowering =>
  (call) =>
    call.emitMany('TopK', [call.tensor('self'), call.list([count(call)])], 2, {
      axis: int(call.axis('dim', call.rank('self'), -1)),
      largest: int(isLargest(call) ? 1 : 0),
      sorted: int(1),
    });

function wholeAxis(call: Call): number {
  const size = call.dims('self')[call.axis('dim', call.rank('self'), -1)];
  return typeof size === 'number' ? size : call.cannot('sorts an axis of open size');
}

function cumulate(call: Call): string {
  const { dtype } = call.result();
  const axis = call.scalar(call.axis('dim', call.rank('self')), 'int64');
  return call.emit('CumSum', [call.operand('self', dtype), axis]);
}

export const reductionLowerings: LoweringTable = {
  'aten.mean': (call) =>
    isFloat(call.result().dtype) ? reduce('ReduceMean')(call) : call.cannot('is of whole numbers'),
  'aten.sum': reduce('ReduceSum'),
  'aten.amax': reduce('ReduceMax'),
  'aten.amin': reduce('ReduceMin'),
  'aten.max': extreme('ReduceMax', 'Max', 'ArgMax'),
  'aten.min': extreme('ReduceMin', 'Min', 'ArgMin'),
  'aten.prod': reduce('ReduceProd'),
  'aten.logsumexp': reduce('ReduceLogSumExp'),
  'aten.var': variance,
  'aten.std': (call) => call.emit('Sqrt', [variance(call)]),
  'aten.var_mean': (call) => [variance(call), over(call, 'ReduceMean', call.tensor('self'))],
  'aten.std_mean': (call) => [
    call.emit('Sqrt', [variance(call)]),
    over(call, 'ReduceMean', call.tensor('self')),
  ],
  'aten.norm': norm('p'),
  'aten.linalg_vector_norm': norm('ord'),
  'aten.argmax': place('ArgMax'),
  'aten.argmin': place('ArgMin'),
  'aten.any': truth('ReduceMax'),
  'aten.all': truth('ReduceMin'),
  'aten.cumsum': cumulate,
  'aten.topk': ordered(
    (call) => call.int('k'),
    (call) => call.flag('largest', true),
  ),
  'aten.sort': ordered(wholeAxis, (call) => call.flag('descending', false)),
};
