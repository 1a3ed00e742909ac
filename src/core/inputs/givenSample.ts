import type { NdArray } from '../tensor/tensor';

/** Inputs of one run that somebody gave, under the model's names. */
export interface GivenSample {
  /** What sentences and reports call it: the file's name. */
  readonly label: string;
  readonly feeds: ReadonlyMap<string, NdArray>;
  /** Sizes of the model's open dimensions that the feeds have, by symbol. */
  readonly bindings: ReadonlyMap<string, number>;
}
