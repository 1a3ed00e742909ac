import { intAttribute } from '../ir/attributes';
import { isFloat } from '../tensor/dtype';
import { broadcast2, broadcastDims, expandTo } from './broadcast';
import { floatArithmetic, type FloatOperator } from './floatArithmetic';
import { wrapInteger } from './integers';
import { badInput, input, presentInputs, type Kernel, type KernelCall, type KernelTable } from './kernel';
import { ndArray } from './strided';

/** Arithmetic of two or more arrays with numpy broadcasting (opset 7 on). */

type Operation = (a: number, b: number) => number;

function binary(choose: (call: KernelCall, integer: boolean) => Operation, operator?: FloatOperator): Kernel {
  return (call) => {
    const a = input(call, 0);
    if (operator !== undefined && isFloat(a.dtype))
      return [floatArithmetic(call.node, operator, a, input(call, 1))];
    const apply = choose(call, !isFloat(a.dtype));
    const wrap = wrapInteger(a.dtype);
    return [broadcast2(call.node, a.dtype, a, input(call, 1), (x, y) => wrap(apply(x, y)))];
  };
}

/** Folds all inputs from the left; one input is returned as it is. */
function variadic(apply: Operation, operator?: FloatOperator): Kernel {
  return (call) => {
    const [first, ...rest] = presentInputs(call);
    if (first === undefined) badInput(call.node, 'has no inputs');
    if (operator !== undefined && isFloat(first.dtype))
      return [rest.reduce((sum, next) => floatArithmetic(call.node, operator, sum, next), first)];
    const wrap = wrapInteger(first.dtype);
    return [
      rest.reduce(
        (sum, next) => broadcast2(call.node, sum.dtype, sum, next, (x, y) => wrap(apply(x, y))),
        first,
      ),
    ];
  };
}

const mean: Kernel = (call) => {
  const arrays = presentInputs(call);
  const dims = broadcastDims(
    call.node,
    arrays.map((array) => array.dims),
  );
  const expanded = arrays.map((array) => expandTo(array, dims));
  const first = input(call, 0);
  const sums = expandTo(first, dims).map((_, i) =>
    expanded.reduce((sum, data) => sum + (data[i] as number), 0),
  );
  return [
    ndArray(
      first.dtype,
      dims,
      sums.map((sum) => sum / arrays.length),
    ),
  ];
};

function divide(call: KernelCall): Operation {
  return (a, b) => {
    if (b === 0) badInput(call.node, 'divides an integer by zero');
    return Math.trunc(a / b);
  };
}

/** fmod = 0: the sign of the divisor, as in Python; fmod = 1: the sign of the dividend, as in C. */
function remainder(call: KernelCall): Operation {
  if (intAttribute(call.node, 'fmod', 0) !== 0) return (a, b) => a % b;
  return (a, b) => {
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
  };
}

export const arithmeticKernels: KernelTable = {
  Add: binary(() => (a, b) => a + b, '+'),
  Sub: binary(() => (a, b) => a - b, '-'),
  Mul: binary(() => (a, b) => a * b, '*'),
  Div: binary((call, integer) => (integer ? divide(call) : (a, b) => a / b), '/'),
  Pow: binary((_, integer) => (integer ? (a, b) => Math.trunc(a ** b) : (a, b) => a ** b)),
  Mod: binary(remainder),
  Sum: variadic((a, b) => a + b, '+'),
  Min: variadic(Math.min),
  Max: variadic(Math.max),
  Mean: mean,
};
