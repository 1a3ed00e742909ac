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
}

/** Images with mean 0, and as they are without preparation. */
const KINDS: readonly Distribution[] = ['normal', 'uniform'];

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
  for (const candidate of candidateBindings(original.model)) {
    const bindings = new Map([...candidate, ...sizes, ...fixed]);
    distinct.set([...bindings.values()].join(), bindings);
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
  return { bindings, feeds };
}

/** "x 1×3×32×32". */
export function describeSample({ feeds }: Sample): string {
  return [...feeds].map(([name, array]) => `${name} ${array.dims.join('×')}`).join(', ');
}
