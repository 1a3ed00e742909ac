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
}
