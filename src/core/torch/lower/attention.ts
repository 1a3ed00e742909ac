import { isFloat, largestFinite } from '../../tensor/dtype';
import type { Call, Lowering, LoweringTable } from './call';
import { int, ints, tensorOf } from './constants';

/** Scaled dot product attention: softmax(q·kᵀ·s + mask)·v over the last two axes. */
function attention(call: Call): string {
  const { dtype } = call.type('query');
  if (call.number('dropout_p', 0) !== 0) return call.cannot('drops at random');
  if (call.flag('enable_gqa', false)) return call.cannot('shares keys among queries');
  const rank = call.rank('query');
  const width = call.dims('query')[rank - 1];
  const scale = call.has('scale')
    ? call.number('scale')
    : typeof width === 'number'
      ? 1 / Math.sqrt(width)
      : null;
  if (scale === null) return call.cannot('has an open width');
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const perm = [...axes.slice(0, -2), rank - 1, rank - 2];
  const query = call.emit('Mul', [call.tensor('query'), call.scalar(scale, dtype)]);
  const keys = call.emit('Transpose', [call.tensor('key')], { perm: ints(perm) });
  const scores = masked(call, call.emit('MatMul', [query, keys]));
  const weights = call.emit('Softmax', [scores], { axis: int(rank - 1) });
  return call.emit('MatMul', [seen(call, weights), call.tensor('value')]);
}

/** A query that sees no key gets 0, not the mean of all. */
function seen(call: Call, weights: string): string {
  if (!call.has('attn_mask') || isFloat(call.type('attn_mask').dtype)) return weights;
  const { dtype } = call.type('query');
  return call.emit('Where', [call.tensor('attn_mask'), weights, call.scalar(0, dtype)]);
}

function masked(call: Call, scores: string): string {
  const { dtype } = call.type('query');
  if (call.flag('is_causal', false)) return call.emit('Add', [scores, causalMask(call)]);
  if (!call.has('attn_mask')) return scores;
  const mask = call.tensor('attn_mask');
  if (isFloat(call.type('attn_mask').dtype)) return call.emit('Add', [scores, mask]);
  return call.emit('Where', [mask, scores, call.scalar(-largestFinite(dtype), dtype)]);
}

/** Query i sees keys 0 … i. */
function causalMask(call: Call): string {
  const rank = call.rank('query');
  const queries = call.dims('query')[rank - 2];
  const keys = call.dims('key')[rank - 2];
  if (typeof queries !== 'number' || typeof keys !== 'number' || queries * keys > MOST_MASK)
    return call.cannot('has a mask of open or very large size');
  const { dtype } = call.type('query');
  const far = -largestFinite(dtype);
  const values = (): readonly number[] =>
    Array.from({ length: queries * keys }, (_, at) => (at % keys <= Math.floor(at / keys) ? 0 : far));
  // made when somebody asks: there may be many
  const bytes = (): Uint8Array => tensorOf(dtype, [queries, keys], values()).bytes();
  return call.constant({ dtype, dims: [queries, keys], bytes }, 'mask');
}

const MOST_MASK = 2 ** 22;

const firstOf =
  (lowering: Lowering): Lowering =>
  (call) => [lowering(call) as string];

export const attentionLowerings: LoweringTable = {
  'aten.scaled_dot_product_attention': attention,
  'aten._scaled_dot_product_flash_attention_for_cpu': firstOf(attention),
  'aten._scaled_dot_product_flash_attention': firstOf(attention),
};
