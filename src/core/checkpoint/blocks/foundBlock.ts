import type { GivenRegion } from '../../detect/givenRegion';
import type { OwnAssumption } from '../assumptions';
import type { StateDict } from '../checkpoint';
import type { Convention } from '../conventions/convention';
import type { Measures } from './measure';
import type { Resolved } from './resolved';

/** A block that some entries of a state dict are, by a convention. */
export interface FoundBlock {
  /** Its module, without wrappers; what is known of it wherever else it is stored. */
  readonly name: string;
  /** Its module as the names of the state dict have it. */
  readonly prefix: string;
  readonly state: StateDict;
  readonly convention: Convention;
  readonly steps: readonly Resolved[];
  /** Null where the entries do not fit together; the block is refused then. */
  readonly measures: Measures | null;
  /** Whether all its names are there. */
  readonly complete: boolean;
  readonly eps: number;
  /** The entries that it is, counters of its BNs included, in the order of the file. */
  readonly entries: readonly string[];
  /** Names that the deploy form loads. */
  readonly deploy: { readonly weight: string; readonly bias: string };
  readonly assumptions: readonly OwnAssumption[];
  readonly refusal: GivenRegion['refusal'];
}
