import type { Graph } from '../ir/model';

/**
 * The sizes of a graph's inputs with a name for each unknown one: the file's own symbol, or "x.0" for axis 0 of input x.
 * Inputs of unknown rank or type have no entry; neither do initializers that are listed as inputs.
 */
export function inputDims(graph: Graph): ReadonlyMap<string, readonly (number | string)[]> {
  const symbols = new Set<string>();
  for (const { type } of graph.inputs) {
    for (const dim of type?.dims ?? []) if (typeof dim === 'string') symbols.add(dim);
  }
  const result = new Map<string, readonly (number | string)[]>();
  for (const { name, type } of graph.inputs) {
    if (!type?.dims || graph.initializers.has(name)) continue;
    result.set(
      name,
      type.dims.map((dim, axis) => {
        if (typeof dim === 'string' && dim !== '') return dim;
        // some exporters write 0 or −1 for a size they don't know
        if (typeof dim === 'number' && dim > 0) return dim;
        return freeName(`${name}.${axis}`, symbols);
      }),
    );
  }
  return result;
}

/** Stable: the same graph gives the same names. */
function freeName(base: string, symbols: ReadonlySet<string>): string {
  return symbols.has(base) ? freeName(`${base}_`, symbols) : base;
}
