import type { ModelFunction, Node } from '../../ir/model';
import type { NameAuthority } from '../../ir/nameAuthority';

/** Names of one call: what the function calls its values, and what they are called in the graph. */
export interface BodyScope {
  /** The graph's name for a value of the body; '' stays ''. */
  value(inner: string): string;
  /** A unique name for a node of the body. */
  node(inner: string): string;
  /** Nodes that give an output its name where the body hands out an input, or one value twice. */
  passThrough(): readonly Node[];
}

export interface CallScope {
  enter(call: Node, body: ModelFunction): BodyScope;
}

export function callScope(names: NameAuthority): CallScope {
  return { enter: (call, body) => bodyScope(names, call, body) };
}

function bodyScope(names: NameAuthority, call: Node, body: ModelFunction): BodyScope {
  const renamed = new Map<string, string>([['', '']]);
  // an input that the call leaves out is left out of all that reads it
  body.inputs.forEach((inner, place) => renamed.set(inner, call.inputs[place] ?? ''));
  const copies: { readonly from: string; readonly to: string }[] = [];
  body.outputs.forEach((inner, place) => {
    const outer = call.outputs[place] ?? '';
    if (outer === '') return;
    if (renamed.has(inner)) copies.push({ from: inner, to: outer });
    else renamed.set(inner, outer);
  });
  const value = (inner: string): string => {
    const known = renamed.get(inner);
    if (known !== undefined) return known;
    const fresh = names.value(`${call.name}/${inner}`);
    renamed.set(inner, fresh);
    return fresh;
  };
  return {
    value,
    node: (inner) => names.node(`${call.name}/${inner}`),
    passThrough: () =>
      copies.map(({ from, to }): Node => {
        const node: Omit<Node, 'origin'> = {
          name: names.node(`${call.name}/${to}`),
          opType: 'Identity',
          domain: '',
          inputs: [value(from)],
          outputs: [to],
          attributes: new Map(),
        };
        return { ...node, origin: { kind: 'inlined', call, body: { ...node, origin: call.origin } } };
      }),
  };
}
