import type { Tensor } from '../tensor/tensor';

/** A file of weights: state dicts, and what else somebody put beside them. */
export interface Checkpoint {
  /** What it is, and so what a fused one is written as. */
  readonly kind: 'torch' | 'safetensors';
  /** Dicts of tensors, in the order of the file; what an optimizer holds is not among them. */
  readonly states: readonly StateDict[];
  /** What lies beside the state dicts, by its path; numbers and words only when somebody asks. */
  readonly others: readonly OtherEntry[];
  /** The format's own record of the file, for its writer; opaque to everybody else. */
  readonly file: unknown;
}

export interface StateDict {
  /** Keys that lead to it: none, "state_dict", "model", "ema". */
  readonly path: string;
  /** In the order of the file. */
  readonly entries: ReadonlyMap<string, Tensor>;
  /** What all names begin with and no model's do, such as "module."; '' for none. */
  readonly wrapper: string;
}

export interface OtherEntry {
  readonly path: string;
  /** An optimizer's state fits no other weights; `unloadable`: `torch.load(weights_only=True)` refuses it. */
  readonly kind: 'optimizer' | 'unloadable' | 'other';
}

/** A convolution that takes the place of some entries. */
export interface Replacement {
  readonly state: StateDict;
  /** Names of the entries that go; what comes takes the place of the first. */
  readonly gone: readonly string[];
  readonly come: readonly NewEntry[];
}

export interface NewEntry {
  readonly name: string;
  readonly tensor: Tensor;
}

/** Wrappers that put their own name before all others: DataParallel, compiled models, an average of weights. */
const WRAPPERS = /^(?:(?:module|_orig_mod|_fsdp_wrapped_module)\.)+/;

/** The longest such beginning that all names share. */
export function wrapperOf(names: Iterable<string>): string {
  let shared: string | null = null;
  for (const name of names) {
    // a counter of the average itself
    if (name === 'n_averaged') continue;
    const own = WRAPPERS.exec(name)?.[0] ?? '';
    if (shared === null) shared = own;
    while (!own.startsWith(shared)) shared = shared.slice(0, shared.lastIndexOf('.', shared.length - 2) + 1);
    if (shared === '') return '';
  }
  return shared ?? '';
}
