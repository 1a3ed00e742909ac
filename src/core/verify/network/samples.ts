import type { Dim } from '../../ir/model';
import { inputDims } from '../../passes/inputDims';
import { inferFacts } from '../../passes/valueFacts';
import { bindInputs, candidateBindings } from '../../passes/specialise';
import type { NdArray } from '../../tensor/tensor';
import { drawInput, type Distribution } from '../distributions';
import { seededRandom } from '../random';
import type { Side } from '../side';

/** Inputs of one run of the whole network, under the first model's names. */
export interface Sample {
  readonly bindings: ReadonlyMap<string, number>;
  readonly feeds: ReadonlyMap<string, NdArray>;
  /** What the inputs are: a distribution, or the file that somebody gave. */
  readonly label: string;
}

/**
 * Images with mean 0 and as they are without preparation, first at several sizes; then, where more samples are asked for, what shows
 * other mistakes.
 */
const KINDS: readonly Distribution[] = [
  ...(['normal', 'uniform', 'normal', 'uniform'] as const),
  ...(['border', 'impulses', 'constant', 'tiny', 'large', 'zero'] as const),
];

/**
 * Sizes to run both models at, the plainest first: those of `candidateBindings`, with the numbers of the second model
 * where only that one has them fixed. `sizes`: what somebody chose, by symbol.
 */
export function commonBindings(
  original: Side,
  fused: Side,
  inputs: ReadonlyMap<string, string>,
  sizes: ReadonlyMap<string, number> = new Map(),
): readonly ReadonlyMap<string, number>[] {
  const fixed = fixedByOther(original, fused, inputs);
  const distinct = new Map<string, ReadonlyMap<string, number>>();
  const add = (bindings: ReadonlyMap<string, number>): void =>
    void distinct.set([...bindings.values()].join(), bindings);
  const candidates = candidateBindings(original.model);
  for (const candidate of candidates) add(new Map([...candidate, ...sizes, ...fixed]));
  // what one size shows may hold at that size only: each that somebody chose is tried with another value too
  for (const candidate of sizes.size === 0 ? [] : candidates) {
    const isOther = [...sizes].every(([symbol, size]) => candidate.get(symbol) !== size);
    if (isOther) add(new Map([...candidate, ...fixed]));
  }
  // sizes that contradict what an exporter baked in come last
  const conflicts = (one: ReadonlyMap<string, number>): number =>
    inferFacts(original.model, original.index, one).conflicts.length;
  const tried = [...distinct.values()].map((bindings) => ({ bindings, isOdd: conflicts(bindings) > 0 }));
  return [...tried.filter((one) => !one.isOdd), ...tried.filter((one) => one.isOdd)].map(
    (one) => one.bindings,
  );
}

function fixedByOther(
  original: Side,
  fused: Side,
  inputs: ReadonlyMap<string, string>,
): ReadonlyMap<string, number> {
  const theirs = new Map<string, readonly Dim[]>(
    fused.model.graph.inputs.map(({ name, type }) => [name, type?.dims ?? []]),
  );
  const fixed = new Map<string, number>();
  for (const [name, dims] of inputDims(original.model.graph)) {
    const others = theirs.get(inputs.get(name) ?? '') ?? [];
    dims.forEach((dim, axis) => {
      const other = others[axis];
      if (typeof dim === 'string' && typeof other === 'number' && other > 0) fixed.set(dim, other);
    });
  }
  return fixed;
}

/** The `number`th sample at the given sizes. @throws ProblemError `unsupported` for an input of unknown rank. */
export function drawSample(
  { model }: Side,
  bindings: ReadonlyMap<string, number>,
  seed: number,
  number: number,
): Sample {
  const kind = KINDS[number % KINDS.length] as Distribution;
  const feeds = new Map<string, NdArray>();
  for (const [name, dims] of bindInputs(model, bindings)) {
    const dtype = model.graph.inputs.find((input) => input.name === name)?.type?.dtype ?? 'float32';
    feeds.set(name, drawInput(kind, dims, dtype, seededRandom(seed, 'sample', number, name)));
  }
  return { bindings, feeds, label: kind };
}

/** Inputs whose shapes are all said: each block of a checkpoint has one of its own. */
const SAID_INPUTS = 3;

/** "x 1×3×32×32"; a file that somebody gave is named. Of many inputs the first stand for all. */
export function describeSample({ feeds, label }: Sample): string {
  const all = [...feeds].map(([name, array]) => `${name} ${array.dims.join('×')}`);
  const said = all.length <= SAID_INPUTS ? all : all.slice(0, SAID_INPUTS - 1);
  const rest = all.length - said.length;
  const shapes = `${said.join(', ')}${rest === 0 ? '' : ` and ${rest} more inputs`}`;
  return KINDS.includes(label as Distribution) ? shapes : `${label}: ${shapes}`;
}
