import type { Dim, Graph, ValueType } from '../ir/model';
import { inputDims } from './inputDims';
import { symbolDim } from './symbolicDim';

/** What the file itself says of types, with symbols bound. */
export interface DeclaredTypes {
  /** Types of the graph's inputs. */
  readonly inputs: ReadonlyMap<string, ValueType>;
  /** The file's type of an inner value or an output; null where it says nothing. */
  of(value: string): ValueType | null;
  /** Whether what `of` gives depends on what symbols are bound to. */
  hasSymbol(value: string): boolean;
}

/**
 * `bindings` gives numbers for symbols of the graph's inputs. Then the file's other symbols are dropped: exporters
 * leave names on inner values that a binding may contradict.
 */
export function declaredTypes(graph: Graph, bindings: ReadonlyMap<string, number>): DeclaredTypes {
  const named = inputDims(graph);
  const inputSymbols = new Set([...named.values()].flat().filter((dim) => typeof dim === 'string'));
  const bind = (dim: Dim): Dim => {
    if (typeof dim !== 'string') return dim !== null && dim >= 0 ? dim : null;
    const bound = bindings.get(dim);
    if (bound !== undefined) return bound;
    return bindings.size === 0 || inputSymbols.has(dim) ? symbolDim(dim) : null;
  };
  const outputs = new Map(graph.outputs.map((output) => [output.name, output.type]));
  const inputs = new Map<string, ValueType>();
  for (const { name, type } of graph.inputs) {
    if (type !== null)
      inputs.set(name, { dtype: type.dtype, dims: (named.get(name) ?? type.dims)?.map(bind) ?? null });
  }
  const written = (value: string): ValueType | null | undefined =>
    graph.valueTypes.get(value) ?? outputs.get(value);
  return {
    inputs,
    hasSymbol: (value) => written(value)?.dims?.some((dim) => typeof dim === 'string') === true,
    of: (value) => {
      const type = written(value);
      return !type ? null : { dtype: type.dtype, dims: type.dims?.map(bind) ?? null };
    },
  };
}

/** The computed type, with gaps filled from what the file declares. */
export function completeType(computed: ValueType | null, declared: ValueType | null): ValueType | null {
  if (computed === null || declared === null) return computed ?? declared;
  const dtype = computed.dtype === 'other' ? declared.dtype : computed.dtype;
  const { dims } = computed;
  if (dims === null) return { dtype, dims: declared.dims };
  if (declared.dims?.length !== dims.length) return { dtype, dims };
  return { dtype, dims: dims.map((dim, axis) => dim ?? declared.dims?.[axis] ?? null) };
}
