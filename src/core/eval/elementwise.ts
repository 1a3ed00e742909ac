import { intAttribute } from '../ir/attributes';
import { erf } from './erf';
import { input, type Kernel, type KernelTable } from './kernel';
import { ndArray } from './strided';

/** Functions of one element, without attributes. */

function unary(apply: (x: number) => number): Kernel {
  return (call) => {
    const x = input(call, 0);
    return [ndArray(x.dtype, x.dims, x.data.map(apply))];
  };
}

/** Nearest whole number; halves go to the even one. */
export function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest < 0.5) return down;
  if (rest > 0.5) return down + 1;
  return down % 2 === 0 ? down : down + 1;
}

const isInf: Kernel = (call) => {
  const x = input(call, 0);
  const positive = intAttribute(call.node, 'detect_positive', 1) !== 0;
  const negative = intAttribute(call.node, 'detect_negative', 1) !== 0;
  const test = (v: number) => (positive && v === Infinity) || (negative && v === -Infinity);
  return [
    ndArray(
      'bool',
      x.dims,
      x.data.map((v) => (test(v) ? 1 : 0)),
    ),
  ];
};

const isNaNKernel: Kernel = (call) => {
  const x = input(call, 0);
  return [
    ndArray(
      'bool',
      x.dims,
      x.data.map((v) => (Number.isNaN(v) ? 1 : 0)),
    ),
  ];
};

export const elementwiseKernels: KernelTable = {
  Identity: (call) => [input(call, 0)],
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Reciprocal: unary((x) => 1 / x),
  Sign: unary(Math.sign),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundHalfEven),
  Erf: unary(erf),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tan: unary(Math.tan),
  Asin: unary(Math.asin),
  Acos: unary(Math.acos),
  Atan: unary(Math.atan),
  Sinh: unary(Math.sinh),
  Cosh: unary(Math.cosh),
  Asinh: unary(Math.asinh),
  Acosh: unary(Math.acosh),
  Atanh: unary(Math.atanh),
  Not: unary((x) => (x === 0 ? 1 : 0)),
  IsNaN: isNaNKernel,
  IsInf: isInf,
};
