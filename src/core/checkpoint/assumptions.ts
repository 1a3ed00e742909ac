/** In each sentence that a person's word helps; that it does, the refusal's `asks` says to screens. */
export const SAY_ELSEWHERE = '“Change Assumptions…” in VS Code';

/** Ends each sentence that a word on an identity helps. */
export const SAY_IDENTITY = `say which: --identity yes or --identity no, or ${SAY_ELSEWHERE}`;

/** What somebody says of a checkpoint, in the place of what is assumed. */
export interface GivenAssumptions {
  /** BN's eps, of all blocks. */
  readonly bnEps?: number;
  /** Whether branches without a parameter are there: by the block's name, '' for all others. */
  readonly identity?: ReadonlyMap<string, boolean>;
}

/** Something that a checkpoint does not hold, and that its blocks were taken for all the same. */
export interface Assumption {
  readonly kind: 'bn-eps' | 'identity' | 'names' | 'stride' | 'groups';
  readonly value: number | string | boolean;
  /** Names of the blocks it is about, as `Block.modulePath` has them. */
  readonly blocks: readonly string[];
  /** One sentence: what is assumed, why, and what it changes. */
  readonly message: string;
  /** The command line's option that says otherwise; null where nothing depends on it. */
  readonly option: string | null;
  /** Whether somebody said so. */
  readonly given: boolean;
}

/** One block's share of an assumption. */
export type OwnAssumption = Omit<Assumption, 'blocks'>;

/** Those of all blocks, each once, with the blocks that share it. */
export function gathered(
  blocks: readonly { readonly name: string; readonly assumptions: readonly OwnAssumption[] }[],
): readonly Assumption[] {
  const byMessage = new Map<string, { readonly own: OwnAssumption; readonly names: string[] }>();
  for (const { name, assumptions } of blocks) {
    for (const own of assumptions) {
      const entry = byMessage.get(own.message) ?? { own, names: [] };
      byMessage.set(own.message, entry);
      entry.names.push(name);
    }
  }
  return [...byMessage.values()].map(({ own, names }) => ({ ...own, blocks: names }));
}
