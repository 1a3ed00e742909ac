import type { ScriptProgram } from './scriptProgram';
import type { Value } from './values';
import type { Work } from './work';

/** What a call on numbers, sizes and lists needs of the script. */
export interface BuiltinScope {
  readonly program: ScriptProgram;
  readonly work: Work;
  readonly module: string;
}

/** A call on numbers, sizes and lists, not on tensors' elements; null where its arguments are of another kind. */
export type Builtin = (args: readonly Value[], scope: BuiltinScope) => Value | null;
