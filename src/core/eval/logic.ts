import { broadcast2, broadcastDims, expandTo } from './broadcast';
import { input, type Kernel, type KernelTable } from './kernel';
import { ndArray } from './strided';

/** Comparisons and logic; truth is 1. */
function compare(test: (a: number, b: number) => boolean): Kernel {
  return (call) => [
    broadcast2(call.node, 'bool', input(call, 0), input(call, 1), (a, b) => (test(a, b) ? 1 : 0)),
  ];
}

const where: Kernel = (call) => {
  const condition = input(call, 0);
  const yes = input(call, 1);
  const no = input(call, 2);
  const dims = broadcastDims(call.node, [condition.dims, yes.dims, no.dims]);
  const tests = expandTo(condition, dims);
  const ifTrue = expandTo(yes, dims);
  const ifFalse = expandTo(no, dims);
  return [
    ndArray(
      yes.dtype,
      dims,
      tests.map((test, i) => (test !== 0 ? ifTrue : ifFalse)[i] as number),
    ),
  ];
};

export const logicKernels: KernelTable = {
  Equal: compare((a, b) => a === b),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  And: compare((a, b) => a !== 0 && b !== 0),
  Or: compare((a, b) => a !== 0 || b !== 0),
  Xor: compare((a, b) => (a !== 0) !== (b !== 0)),
  Where: where,
};
