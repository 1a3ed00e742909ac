import { isFloat, type DType } from '../../tensor/dtype';
import type { Call, Lowering, LoweringTable } from './call';
import { int } from './constants';

/** Element by element on two operands, tensors or numbers, in the type of the result. */

const binary =
  (opType: string): Lowering =>
  (call) => {
    const { dtype } = call.result();
    return call.emit(inType(opType, dtype), [call.operand('self', dtype), call.operand('other', dtype)]);
  };

/** What the operators of numbers are of truth values, which ONNX does not compute with. */
const TRUTHS: ReadonlyMap<string, string> = new Map([
  ['Add', 'Or'],
  ['Mul', 'And'],
  ['Max', 'Or'],
  ['Min', 'And'],
]);

const inType = (opType: string, dtype: DType): string =>
  dtype === 'bool' ? (TRUTHS.get(opType) ?? opType) : opType;

/** self ± alpha · other. */
const weighted =
  (opType: string): Lowering =>
  (call) => {
    const { dtype } = call.result();
    const self = call.operand('self', dtype);
    return call.emit(inType(opType, dtype), [self, alphaTimes(call, 'other')]);
  };

function alphaTimes(call: Call, name: string): string {
  const { dtype } = call.result();
  const alpha = call.number('alpha', 1);
  const value = call.operand(name, dtype);
  return alpha === 1 ? value : call.emit('Mul', [value, call.scalar(alpha, dtype)]);
}

/** other − alpha · self. */
function reverseSubtract(call: Call): string {
  const { dtype } = call.result();
  return call.emit('Sub', [call.operand('other', dtype), alphaTimes(call, 'self')]);
}

function divide(call: Call): string {
  const { dtype } = call.result();
  const mode = call.word('rounding_mode', '');
  if (mode === 'floor') return floorDivide(call);
  // whole numbers are divided as such only where the result is one
  const exact = isFloat(dtype) ? dtype : 'float64';
  const quotient = call.emit('Div', [call.operand('self', exact), call.operand('other', exact)]);
  const rounded = mode === '' ? quotient : towardsZero(call, quotient);
  return exact === dtype ? rounded : call.cast(rounded, dtype);
}

/** The sign times the whole part of the magnitude. */
function towardsZero(call: Call, value: string): string {
  return call.emit('Mul', [call.emit('Sign', [value]), call.emit('Floor', [call.emit('Abs', [value])])]);
}

function floorDivide(call: Call): string {
  const { dtype } = call.result();
  if (isFloat(dtype)) {
    const { self, other, rest, isOpposite } = rounded(call, dtype);
    const whole = call.emit('Div', [call.emit('Sub', [self, rest]), other]);
    return call.emit('Sub', [call.emit('Round', [whole]), call.cast(isOpposite, dtype)]);
  }
  const quotient = call.emit('Div', [call.operand('self', 'float64'), call.operand('other', 'float64')]);
  return call.cast(call.emit('Floor', [quotient]), dtype);
}

/**
 * What a division of floats to zero leaves, and whether its sign is not the divisor's: then a division that rounds down is one
 * less. Not floor(a / b), which rounds before it is cut: 1 / 0.1 is 10, and 0.1 lies in 1 nine times.
 */
function rounded(
  call: Call,
  dtype: DType,
): Readonly<Record<'self' | 'other' | 'rest' | 'isOpposite', string>> {
  const [self, other] = [call.operand('self', dtype), call.operand('other', dtype)];
  const rest = call.emit('Mod', [self, other], { fmod: int(1) });
  const isOpposite = call.emit('Less', [call.emit('Mul', [rest, other]), call.scalar(0, dtype)]);
  return { self, other, rest, isOpposite };
}

function power(call: Call): string {
  const { dtype } = call.result();
  return call.emit('Pow', [call.operand('self', dtype), call.operand('exponent', dtype)]);
}

/** What a division leaves: of the sign of the divisor where it rounds down, of the dividend where it rounds to zero. */
const remainder =
  (rounding: 'floor' | 'trunc'): Lowering =>
  (call) => {
    const { dtype } = call.result();
    if (rounding === 'floor' && isFloat(dtype)) {
      const { other, rest, isOpposite } = rounded(call, dtype);
      return call.emit('Add', [rest, call.emit('Mul', [call.cast(isOpposite, dtype), other])]);
    }
    const operands = [call.operand('self', dtype), call.operand('other', dtype)];
    return call.emit('Mod', operands, rounding === 'trunc' ? { fmod: int(1) } : {});
  };

/** self + value · tensor1 · tensor2, or divided. */
const withProduct =
  (opType: string): Lowering =>
  (call) => {
    const { dtype } = call.result();
    const inner = call.emit(opType, [call.operand('tensor1', dtype), call.operand('tensor2', dtype)]);
    const value = call.number('value', 1);
    const term = value === 1 ? inner : call.emit('Mul', [inner, call.scalar(value, dtype)]);
    return call.emit('Add', [call.operand('self', dtype), term]);
  };

/** self + weight · (end − self). */
function lerp(call: Call): string {
  const { dtype } = call.result();
  const self = call.operand('self', dtype);
  const step = call.emit('Sub', [call.operand('end', dtype), self]);
  return call.emit('Add', [self, call.emit('Mul', [call.operand('weight', dtype), step])]);
}

/** In the type of the operands, not of the truth value. */
const comparison =
  (opType: string, negated = false): Lowering =>
  (call) => {
    const common = call.promotedType('self', 'other');
    // ONNX orders no truth values
    const dtype = common === 'bool' && opType !== 'Equal' ? 'int32' : common;
    const truth = call.emit(opType, [call.operand('self', dtype), call.operand('other', dtype)]);
    return negated ? call.emit('Not', [truth]) : truth;
  };

const logical =
  (opType: string): Lowering =>
  (call) =>
    call.emit(opType, [call.operand('self', 'bool'), call.operand('other', 'bool')]);

function where(call: Call): string {
  const { dtype } = call.result();
  return call.emit('Where', [
    call.operand('condition', 'bool'),
    call.operand('self', dtype),
    call.operand('other', dtype),
  ]);
}

function maskedFill(call: Call): string {
  const { dtype } = call.result();
  return call.emit('Where', [
    call.operand('mask', 'bool'),
    call.operand('value', dtype),
    call.operand('self', dtype),
  ]);
}

/** Bits of truth values are truth values; of numbers they are not here. */
const bitwise =
  (opType: string): Lowering =>
  (call) =>
    call.result().dtype === 'bool' ? logical(opType)(call) : call.cannot('works on bits');

function not(call: Call): string {
  return call.emit('Not', [call.operand('self', 'bool')]);
}

export const arithmeticLowerings: LoweringTable = {
  'aten.add': weighted('Add'),
  'aten.sub': weighted('Sub'),
  'aten.subtract': weighted('Sub'),
  'aten.rsub': reverseSubtract,
  'aten.mul': binary('Mul'),
  'aten.multiply': binary('Mul'),
  'aten.div': divide,
  'aten.divide': divide,
  'aten.true_divide': divide,
  'aten.floor_divide': floorDivide,
  'aten.remainder': remainder('floor'),
  'aten.fmod': remainder('trunc'),
  'aten.pow': power,
  'aten.maximum': binary('Max'),
  'aten.minimum': binary('Min'),
  'aten.addcmul': withProduct('Mul'),
  'aten.addcdiv': withProduct('Div'),
  'aten.lerp': lerp,
  'aten.eq': comparison('Equal'),
  'aten.ne': comparison('Equal', true),
  'aten.lt': comparison('Less'),
  'aten.le': comparison('LessOrEqual'),
  'aten.gt': comparison('Greater'),
  'aten.ge': comparison('GreaterOrEqual'),
  'aten.logical_and': logical('And'),
  'aten.logical_or': logical('Or'),
  'aten.logical_xor': logical('Xor'),
  'aten.bitwise_and': bitwise('And'),
  'aten.bitwise_or': bitwise('Or'),
  'aten.bitwise_xor': bitwise('Xor'),
  'aten.__and__': bitwise('And'),
  'aten.__or__': bitwise('Or'),
  'aten.__xor__': bitwise('Xor'),
  'aten.logical_not': not,
  'aten.bitwise_not': (call) => (call.result().dtype === 'bool' ? not(call) : call.cannot('works on bits')),
  'aten.where': where,
  'aten.masked_fill': maskedFill,
};
