import type { Side } from '../side';
import { IDENTICAL, type Likeness } from './likeness';
import type { SameValue } from './sameNode';

/** Which value of the second model is which value of the first one, as far as that is known. */
export class Correspondence {
  private readonly values: Map<string, string>;
  private readonly constants = new Map<string, boolean>();

  constructor(
    readonly original: Side,
    readonly fused: Side,
    readonly likeness: Likeness = IDENTICAL,
    values: ReadonlyMap<string, string> = new Map(),
  ) {
    this.values = new Map(values);
  }

  /** The value of the second model, or null. */
  readonly of = (value: string): string | null => this.values.get(value) ?? null;

  set(original: string, fused: string): void {
    this.values.set(original, fused);
  }

  /** A copy that can be thrown away when a supposition fails. */
  fork(): Correspondence {
    return new Correspondence(this.original, this.fused, this.likeness, this.values);
  }

  adopt(other: Correspondence): void {
    for (const [original, fused] of other.values) this.values.set(original, fused);
  }

  readonly same: SameValue = (original, fused) => {
    const a = this.original.facts.constants.get(original);
    const b = this.fused.facts.constants.get(fused);
    if (a === undefined || b === undefined) return a === b && this.values.get(original) === fused;
    const key = `${original}\n${fused}`;
    const known = this.constants.get(key) ?? this.likeness.tensors(a, b);
    this.constants.set(key, known);
    return known;
  };
}

/**
 * The graphs' inputs: by name, or by position where the names differ and the numbers of inputs don't.
 * Inputs with a default value (which a caller may leave out) go by name only.
 */
export function correspondingInputs(original: Side, fused: Side, likeness = IDENTICAL): Correspondence {
  const correspondence = new Correspondence(original, fused, likeness);
  const [ours, theirs] = [freeInputs(original), freeInputs(fused)];
  const byName = ours.every((name) => theirs.includes(name));
  ours.forEach((name, place) => {
    const other = byName ? name : ours.length === theirs.length ? theirs[place] : undefined;
    if (other !== undefined) correspondence.set(name, other);
  });
  for (const name of original.model.graph.overridable) {
    if (fused.model.graph.overridable.has(name)) correspondence.set(name, name);
  }
  return correspondence;
}

/** Inputs that a run must be given. */
export function freeInputs({ model }: Side): readonly string[] {
  const { inputs, initializers } = model.graph;
  return inputs.map((input) => input.name).filter((name) => !initializers.has(name));
}

/** Pairs of output names: by name, or by position where the names differ; null where there is no telling. */
export function correspondingOutputs(original: Side, fused: Side): ReadonlyMap<string, string> | null {
  const ours = original.model.graph.outputs.map((output) => output.name);
  const theirs = fused.model.graph.outputs.map((output) => output.name);
  if (ours.length !== theirs.length) return null;
  const byName = ours.every((name) => theirs.includes(name));
  return new Map(ours.map((name, place) => [name, byName ? name : (theirs[place] as string)]));
}
