import type { Call, LoweringTable } from './call';
import { float, int, ints } from './constants';

/** Products of matrices. */

/** x · Wᵀ + b. */
function linear(call: Call): string {
  const x = call.tensor('input');
  const weight = call.tensor('weight');
  const bias = call.optional('bias');
  if (call.rank('input') === 2)
    return call.emit('Gemm', [x, weight, ...(bias === null ? [] : [bias])], { transB: int(1) });
  const turned = call.emit('Transpose', [weight], { perm: ints([1, 0]) });
  const product = call.emit('MatMul', [x, turned]);
  return bias === null ? product : call.emit('Add', [product, bias]);
}

function matmul(call: Call): string {
  const other = ['other', 'mat2', 'vec2', 'vec'].find((name) => call.has(name)) ?? 'other';
  return call.emit('MatMul', [call.tensor('self'), call.tensor(other)]);
}

/** beta · self + alpha · (mat1 · mat2). */
function addmm(call: Call): string {
  const factors = { alpha: float(call.number('alpha', 1)), beta: float(call.number('beta', 1)) };
  return call.emit('Gemm', [call.tensor('mat1'), call.tensor('mat2'), call.tensor('self')], factors);
}

/** As `addmm`, for each of a batch of matrices. */
function baddbmm(call: Call): string {
  const { dtype } = call.result();
  const times = (value: string, factor: number): string =>
    factor === 1 ? value : call.emit('Mul', [value, call.scalar(factor, dtype)]);
  const product = call.emit('MatMul', [call.tensor('batch1'), call.tensor('batch2')]);
  const beta = call.number('beta', 1);
  const scaled = times(product, call.number('alpha', 1));
  return beta === 0 ? scaled : call.emit('Add', [times(call.tensor('self'), beta), scaled]);
}

function einsum(call: Call): string {
  return call.emit('Einsum', call.tensors('tensors'), {
    equation: { kind: 'string', value: call.word('equation', '') },
  });
}

export const linearLowerings: LoweringTable = {
  'aten.linear': linear,
  'aten.matmul': matmul,
  'aten.mm': matmul,
  'aten.bmm': matmul,
  'aten.mv': matmul,
  'aten.dot': (call) => call.emit('MatMul', [call.tensor('self'), call.tensor('tensor')]),
  'aten.addmm': addmm,
  'aten.baddbmm': baddbmm,
  'aten.einsum': einsum,
};
