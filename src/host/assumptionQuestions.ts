import type { CheckpointSummary } from '../core/view/inspectReport';
import type { ModelView } from '../core/view/modelView';
import type { FileOptions } from '../protocol/fileOptions';

/** What a person may say of a checkpoint. */
export type Assumptions = Pick<FileOptions, 'bnEps' | 'identity'>;

/** What can be asked of a checkpoint, read as its file says it. */
export interface AssumptionQuestions {
  /** BN's eps as the names tell it, one for each convention; none where no block has a BN. */
  readonly eps: readonly number[];
  /** Blocks that may have a branch without a parameter, in order, and what is taken of it: null where nobody knows. */
  readonly identities: ReadonlyMap<string, boolean | null>;
}

export function questionsOf({ checkpoint, blocks }: ModelView): AssumptionQuestions {
  const { assumptions = [] } = checkpoint ?? {};
  const named = (path: string): string => withoutLabel(path, checkpoint);
  const taken = assumptions
    .filter(({ kind }) => kind === 'identity')
    .flatMap(({ value, blocks: paths }) => paths.map((path) => [named(path), value === true] as const));
  const open = blocks.flatMap(({ refusal, modulePath }) =>
    refusal?.asks === 'identity' ? [[named(modulePath), null] as const] : [],
  );
  const known = new Map<string, boolean | null>([...taken, ...open]);
  const order = [...new Set(blocks.map(({ modulePath }) => named(modulePath)))];
  return {
    eps: [...new Set(assumptions.flatMap(({ kind, value }) => (kind === 'bn-eps' ? [Number(value)] : [])))],
    identities: new Map(
      order.flatMap((name) => {
        const value = known.get(name);
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
  };
}

/** A block's name as the options have it: without the state dict that it is in, since an average's blocks are the model's own. */
export function withoutLabel(
  path: string,
  checkpoint: Pick<CheckpointSummary, 'states'> | undefined,
): string {
  const label = checkpoint?.states
    .map((state) => `${state.path}:`)
    .find((one) => one !== ':' && path.startsWith(one));
  return label === undefined ? path : path.slice(label.length);
}

/** 0.00001 → "1e-5". */
export function epsText(eps: number): string {
  return eps !== 0 && eps < 0.01 ? eps.toExponential() : String(eps);
}

/** "1e-3" → 0.001; null for no number, or for none that an eps may be; undefined for an empty text. */
export function parseEps(text: string): number | null | undefined {
  if (text.trim() === '') return undefined;
  const value = /^[\d.]+(?:e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;
  return value >= 0 && value < 1 ? value : null;
}

/** What was said, with one block's identity said anew: '' for all others; null: no longer said. */
export function withIdentity(
  { identity = {}, ...rest }: Assumptions,
  block: string,
  isThere: boolean | null,
): Assumptions {
  const others = Object.entries(identity).filter(([name]) => name !== block && block !== '');
  const own = isThere === null ? [] : [[block, isThere] as const];
  return { ...rest, identity: Object.fromEntries([...others, ...own]) };
}
