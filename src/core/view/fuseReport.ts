import type { Assumption } from '../checkpoint/assumptions';
import type { RefusalCode } from '../algebra/refusal';

/** What `replens fuse` prints. */
export interface FuseReport {
  /** The file written; null when there was nothing to fuse and no output was named. */
  readonly output: string | null;
  /** Ids of the merged blocks. */
  readonly fused: readonly string[];
  readonly refused: readonly { readonly id: string; readonly code: RefusalCode; readonly message: string }[];
  readonly convsBefore: number;
  readonly convsAfter: number;
  /** Constants written as nodes do not count. */
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** What the blocks of a checkpoint were taken for, which it does not say; left out for any other model. */
  readonly assumptions?: readonly Assumption[];
  /** What else is to be known of the file, one sentence each; left out where there is nothing. */
  readonly notes?: readonly string[];
}
