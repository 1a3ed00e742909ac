import type { Value } from './values';

/** A function of the script while it is followed. */
export interface Frame {
  /** The archive's file that it is in, for sentences. */
  readonly file: string;
  /** The path of the module that called it: "blocks.0.conv". */
  readonly module: string;
  readonly variables: Map<string, Value>;
  readonly depth: number;
}
