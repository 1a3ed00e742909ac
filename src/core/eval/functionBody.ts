import type { Attribute, Graph, Model, ModelFunction, Node } from '../ir/model';

/** Model-local functions by domain and name. */
export type FunctionTable = ReadonlyMap<string, ModelFunction>;

export function functionTable(model: Model): FunctionTable {
  return new Map(model.functions.map((one) => [functionKey(one.domain, one.name), one]));
}

export function findFunction(functions: FunctionTable, node: Node): ModelFunction | null {
  return functions.get(functionKey(node.domain, node.opType)) ?? null;
}

function functionKey(domain: string, name: string): string {
  return `${domain}::${name}`;
}

/** The function's body as a graph, with the call's attributes in place of its references and without absent inputs. */
export function boundBody(body: ModelFunction, call: Node): Graph {
  const absent = new Set(body.inputs.filter((_, i) => (call.inputs[i] ?? '') === ''));
  const given = new Map([...body.attributeDefaults, ...call.attributes]);
  return {
    name: body.name,
    inputs: [],
    outputs: body.outputs.map((name) => ({ name, type: null })),
    nodes: body.nodes.map((node) => bindNode(node, given, absent)),
    initializers: new Map(),
    overridable: new Set(),
    valueTypes: new Map(),
  };
}

type Attributes = ReadonlyMap<string, Attribute>;

function bindNode(node: Node, given: Attributes, absent: ReadonlySet<string>): Node {
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    const bound = bindAttribute(attribute, given, absent);
    // a reference to what neither the call nor the function gives leaves the operator's own default
    if (bound !== null) attributes.set(name, bound);
  }
  return { ...node, inputs: node.inputs.map((name) => (absent.has(name) ? '' : name)), attributes };
}

function bindAttribute(
  attribute: Attribute,
  given: Attributes,
  absent: ReadonlySet<string>,
): Attribute | null {
  const inGraph = (graph: Graph): Graph => ({
    ...graph,
    nodes: graph.nodes.map((node) => bindNode(node, given, absent)),
  });
  switch (attribute.kind) {
    case 'reference':
      return given.get(attribute.value) ?? null;
    case 'graph':
      return { kind: 'graph', value: inGraph(attribute.value) };
    case 'graphs':
      return { kind: 'graphs', value: attribute.value.map(inGraph) };
    default:
      return attribute;
  }
}
