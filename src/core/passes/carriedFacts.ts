import type { Dim, Node, ValueType } from '../ir/model';
import type { Tensor } from '../tensor/tensor';
import type { DeclaredTypes } from './declaredTypes';

/** The parts of a table of facts that are carried over. */
interface Facts {
  readonly types: Map<string, ValueType>;
  readonly values: Map<string, readonly Dim[] | null>;
  readonly pool: { readonly tensors: Map<string, Tensor>; readonly makers: Map<string, Node> };
  readonly conflicts: readonly { readonly node: string }[];
  readonly declared: DeclaredTypes;
}

/**
 * What a model's facts at bound sizes take over from those at open sizes: all that follows from values which binding does
 * not change. A rule sees the facts of a node's inputs and the file's own word on its outputs, nothing else; where both
 * are as they were, so are the outputs. Most of a large export is constants and what is folded from them.
 */
export class CarriedFacts {
  /** Values of which something else is known than at open sizes. */
  private readonly changed = new Set<string>();
  private readonly inConflict: ReadonlySet<string>;

  constructor(
    private readonly open: Facts,
    private readonly bound: Facts,
  ) {
    this.inConflict = new Set(open.conflicts.map(({ node }) => node));
    for (const [name, type] of open.declared.inputs) {
      if (!sameTypes(type, bound.declared.inputs.get(name))) this.changed.add(name);
    }
  }

  /** Takes over the facts of a node's outputs; false where they must be found anew. */
  take(node: Node): boolean {
    const keeps =
      !node.inputs.some((input) => this.changed.has(input)) &&
      !node.outputs.some((output) => this.bound.declared.hasSymbol(output)) &&
      !this.inConflict.has(node.name);
    for (const output of node.outputs) {
      if (keeps) this.carry(output);
      else if (output !== '') this.changed.add(output);
    }
    return keeps;
  }

  /** After a node's outputs were found anew: those that came out as before are as good as not bound. */
  compare(node: Node): void {
    for (const output of node.outputs) {
      if (!sameTypes(this.open.types.get(output), this.bound.types.get(output))) continue;
      const values = this.bound.values.get(output);
      const before = this.open.values.get(output);
      if (!values || !before || !sameElements(values, before)) continue;
      const tensor = this.open.pool.tensors.get(output);
      if ((tensor === undefined) !== (this.bound.pool.tensors.get(output) === undefined)) continue;
      if (tensor !== undefined) this.bound.pool.tensors.set(output, tensor);
      this.changed.delete(output);
    }
  }

  private carry(value: string): void {
    const { open, bound } = this;
    const type = open.types.get(value);
    if (type !== undefined) bound.types.set(value, type);
    const values = open.values.get(value);
    if (values !== undefined) bound.values.set(value, values);
    const tensor = open.pool.tensors.get(value);
    if (tensor !== undefined) bound.pool.tensors.set(value, tensor);
    const maker = open.pool.makers.get(value);
    if (maker !== undefined) bound.pool.makers.set(value, maker);
  }
}

function sameTypes(a: ValueType | null | undefined, b: ValueType | null | undefined): boolean {
  if (!a || !b) return !a && !b;
  if (a.dtype !== b.dtype || a.dims === null || b.dims === null)
    return a.dtype === b.dtype && a.dims === b.dims;
  return sameElements(a.dims, b.dims);
}

function sameElements(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, place) => dim === b[place]);
}
