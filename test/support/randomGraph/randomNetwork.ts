import type { OnnxSpec, TypeSpec } from '../onnxBuilder';
import type { Emitter } from './emitter';
import type { Settings } from './recipe';

/** A random network and what is known of it. */
export interface RandomNetwork {
  readonly settings: Settings;
  readonly spec: OnnxSpec;
  /** Shapes of the input "x" that the graph takes. */
  readonly runs: readonly (readonly number[])[];
  /** Which construct made each value. */
  readonly tags: ReadonlyMap<string, string>;
  /** Values whose node no block may hold. */
  readonly decoys: ReadonlySet<string>;
  /** Initializers that callers may override. */
  readonly overridable: ReadonlySet<string>;
}

/** What an emitter has collected, with the input's declared shape and those of the runs. */
export function finished(e: Emitter, dims: TypeSpec[1], runs: readonly (readonly number[])[]): RandomNetwork {
  const { tags, decoys, overridable, recipe } = e;
  return { settings: recipe, spec: e.spec(dims), runs, tags, decoys, overridable };
}
