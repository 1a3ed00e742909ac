import type { Argument, AtenGraph, AtenNode } from './atenGraph';

/** The names of what a call makes, '' for what has none. */
export function outputNames(node: AtenNode): readonly string[] {
  return node.outputs.flatMap((output) =>
    output.kind === 'tensors'
      ? output.names.map((name) => name ?? '')
      : 'name' in output
        ? [output.name]
        : [''],
  );
}

/** The names that some call or output of a graph reads. */
export function usedNames(graph: AtenGraph): ReadonlySet<string> {
  const read = graph.nodes.flatMap((node) => [...node.args.values()].flatMap(namesIn));
  return new Set([...read, ...graph.outputs.flatMap(namesIn)]);
}

/** The tensors and sizes that an argument names. */
export function namesIn(argument: Argument): readonly string[] {
  if (argument.kind === 'tensors') return argument.names.filter((name) => name !== null);
  if (argument.kind === 'ints')
    return argument.value.flatMap((size) => (typeof size === 'number' ? [] : [size.symbol]));
  return 'name' in argument ? [argument.name] : [];
}
