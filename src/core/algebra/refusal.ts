/** Why a merge is refused: the codes of the command line's contract. */
export type RefusalCode =
  | 'nonlinear-op'
  | 'different-inputs'
  | 'border-mismatch'
  | 'stride-mismatch'
  | 'extra-consumer'
  | 'dynamic-coefficient'
  | 'spatially-varying'
  | 'padding-mode'
  | 'broadcast'
  | 'unprofitable'
  | 'training-mode-bn'
  | 'quantized'
  | 'unsupported-dtype'
  | 'overflow'
  | 'unknown-shape'
  | 'unsupported-op'
  | 'not-in-checkpoint';

/** A side condition of the algebra that does not hold, as one sentence. */
export interface AlgebraRefusal {
  readonly refused: true;
  readonly code: RefusalCode;
  readonly message: string;
}

export function refuse(code: RefusalCode, message: string): AlgebraRefusal {
  return { refused: true, code, message };
}

export function isRefused<T extends object>(value: T | AlgebraRefusal): value is AlgebraRefusal {
  return 'refused' in value;
}
