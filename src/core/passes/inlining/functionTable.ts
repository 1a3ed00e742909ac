import type { ModelFunction, Node } from '../../ir/model';

/** Finds the function that a node calls. */
export interface FunctionTable {
  /** null for an operator, and where overloads of the same name leave it open which one is meant. */
  find(node: Node): ModelFunction | null;
}

export function functionTable(functions: readonly ModelFunction[]): FunctionTable {
  const byKey = new Map<string, ModelFunction | null>();
  for (const body of functions) {
    const key = keyOf(body.domain, body.name);
    byKey.set(key, byKey.has(key) ? null : body);
  }
  return { find: (node) => byKey.get(keyOf(node.domain, node.opType)) ?? null };
}

function keyOf(domain: string, name: string): string {
  return `${domain === 'ai.onnx' ? '' : domain}\n${name}`;
}
