import { isFloat, type DType } from '../../tensor/dtype';
import type { Call, Lowering, LoweringTable } from './call';
import { int, tensorOf } from './constants';

/** Tensors out of nothing, and changes of type. */

/** Of the sizes that the call says. */
const filled =
  (value: (call: Call) => number): Lowering =>
  (call) =>
    fill(call, call.shape(call.sizes('size')), value(call));

/** Of the shape of another. */
const like =
  (value: (call: Call) => number): Lowering =>
  (call) =>
    fill(call, call.emit('Shape', [call.tensor('self')]), value(call));

function fill(call: Call, shape: string, value: number): string {
  return call.emit('ConstantOfShape', [shape], {
    value: { kind: 'tensor', value: tensorOf(call.result().dtype, [1], [value]) },
  });
}

const number =
  (value: number): (() => number) =>
  () =>
    value;

const given =
  (name: string) =>
  (call: Call): number =>
    call.number(name);

function arange(call: Call): string {
  const { dtype } = call.result();
  // of the other types ONNX makes none
  const made = COUNTED.has(dtype) ? dtype : isFloat(dtype) ? 'float32' : 'int64';
  const range = call.emit('Range', [
    call.has('start') ? call.operand('start', made) : call.scalar(0, made),
    call.operand('end', made),
    call.has('step') ? call.operand('step', made) : call.scalar(1, made),
  ]);
  return made === dtype ? range : call.cast(range, dtype);
}

const COUNTED: ReadonlySet<DType> = new Set(['float32', 'float64', 'int16', 'int32', 'int64']);

/** Below or above a diagonal, the rest 0. */
const triangle =
  (upper: 0 | 1): Lowering =>
  (call) =>
    call.emit('Trilu', [call.tensor('self'), call.scalar(call.int('diagonal', 0), 'int64')], {
      upper: int(upper),
    });

/** Numbers that a script writes: `data` row by row, of the sizes `sizes`. */
function written(call: Call): string {
  return call.constant(tensorOf(call.result().dtype, call.ints('sizes'), call.floats('data')));
}

/** To the type of the result; nothing where it is of that type. */
function cast(call: Call): string {
  const from = call.type('self').dtype;
  const to: DType = call.result().dtype;
  return from === to ? call.tensor('self') : call.cast(call.tensor('self'), to);
}

export const makingLowerings: LoweringTable = {
  'aten.zeros': filled(number(0)),
  'aten.ones': filled(number(1)),
  'aten.full': filled(given('fill_value')),
  'aten.new_zeros': filled(number(0)),
  'aten.new_ones': filled(number(1)),
  'aten.new_full': filled(given('fill_value')),
  // whatever memory held before: zero as well as anything
  'aten.empty': filled(number(0)),
  'aten.new_empty': filled(number(0)),
  'aten.empty_like': like(number(0)),
  'aten.zeros_like': like(number(0)),
  'aten.ones_like': like(number(1)),
  'aten.full_like': like(given('fill_value')),
  'aten.scalar_tensor': (call) => call.scalar(call.number('s'), call.result().dtype),
  'aten.tensor': written,
  'aten.tril': triangle(0),
  'aten.triu': triangle(1),
  'aten.arange': arange,
  'aten.to': cast,
  'aten._to_copy': cast,
  'aten.type_as': cast,
  'aten.float': cast,
  'aten.half': cast,
  'aten.double': cast,
};
