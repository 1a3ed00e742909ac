import type { Attribute, Graph, ModelFunction, Node, ValueInfo } from '../../ir/model';
import type { BodyScope } from './callScope';

/** A node of a function's body as it stands in the graph: renamed, its attribute references filled in. */
export function copyNode(inner: Node, call: Node, body: ModelFunction, scope: BodyScope): Node {
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of inner.attributes) {
    const filled = fillAttribute(attribute, call, body, scope);
    if (filled !== null) attributes.set(name, filled);
  }
  return {
    name: scope.node(inner.name),
    opType: inner.opType,
    domain: inner.domain,
    inputs: inner.inputs.map(scope.value),
    outputs: inner.outputs.map(scope.value),
    attributes,
    origin: { kind: 'inlined', call, body: inner },
  };
}

/** The caller's attribute, else the function's default; null where there is neither, so that the operator's own holds. */
function fillAttribute(
  attribute: Attribute,
  call: Node,
  body: ModelFunction,
  scope: BodyScope,
): Attribute | null {
  const copyGraph = (graph: Graph): Graph => renameGraph(graph, call, body, scope);
  switch (attribute.kind) {
    case 'reference': {
      const given =
        call.attributes.get(attribute.value) ?? body.attributeDefaults.get(attribute.value) ?? null;
      return given?.kind === 'reference' ? null : given;
    }
    case 'graph':
      return { kind: 'graph', value: copyGraph(attribute.value) };
    case 'graphs':
      return { kind: 'graphs', value: attribute.value.map(copyGraph) };
    default:
      return attribute;
  }
}

/** A subgraph of the body sees the body's values, so all its names change with them. */
function renameGraph(graph: Graph, call: Node, body: ModelFunction, scope: BodyScope): Graph {
  const rename = (info: ValueInfo): ValueInfo => ({ ...info, name: scope.value(info.name) });
  return {
    name: graph.name,
    inputs: graph.inputs.map(rename),
    outputs: graph.outputs.map(rename),
    nodes: graph.nodes.map((node) => copyNode(node, call, body, scope)),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [scope.value(name), tensor])),
    overridable: new Set([...graph.overridable].map(scope.value)),
    valueTypes: new Map([...graph.valueTypes].map(([name, type]) => [scope.value(name), type])),
  };
}
