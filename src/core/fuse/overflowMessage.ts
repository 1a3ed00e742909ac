import type { DType } from '../tensor/dtype';

/** Why numbers that `dtype` cannot hold, infinite and undefined ones among them, are not written. */
export function overflowMessage(what: string, dtype: DType): string {
  const advice =
    dtype === 'float16' || dtype === 'bfloat16'
      ? 'convert the model to float32 first'
      : 'look for infinite or undefined numbers among its weights and variances';
  return `${what} has values that ${dtype} cannot hold; ${advice}.`;
}
