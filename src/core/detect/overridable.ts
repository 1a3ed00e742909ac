import type { Model, Node } from '../ir/model';
import type { Analysis } from './analysis';
import type { Block, RefusedBlock } from './block';

/**
 * Initializers that are inputs of the model as well (`keep_initializers_as_inputs=True`) are defaults: a caller may hand
 * in other weights, so nothing that reads them may be merged. Most such files never meet such a caller, and a person who
 * is told nothing would think there is nothing to merge.
 */

/** The model as it is when nobody overrides anything. */
export function withDefaults(model: Model): Model {
  return { ...model, graph: { ...model.graph, overridable: new Set() } };
}

/** Blocks that would merge with the defaults as constants, refused. */
export function withheldBlocks(
  { index, model }: Analysis,
  found: readonly Block[],
  byDefaults: readonly Block[],
): readonly RefusedBlock[] {
  const taken = new Set(found.flatMap((block) => block.region.nodes.map((node) => node.name)));
  const nodeOf = new Map(index.order.map((node) => [node.name, node]));
  return byDefaults.flatMap((block) => {
    if (block.status !== 'fusable' || block.region.nodes.some((node) => taken.has(node.name))) return [];
    const nodes = block.region.nodes.flatMap((node) => nodeOf.get(node.name) ?? []);
    const weights = defaultsOf(nodes, model.graph.overridable);
    if (weights.length === 0) return [];
    const message =
      `The weights of these branches ("${weights[0]}" and ${weights.length - 1} more) are inputs of the model with ` +
      'default values, which a caller may override; export with keep_initializers_as_inputs=False.';
    const { id, family, region, branches, modulePath, before } = block;
    const refusal = { code: 'dynamic-coefficient', message, nodes: nodes.map((node) => node.name) } as const;
    const shown = { id, family, branches, modulePath, before, after: before };
    return [{ ...shown, status: 'refused', region: { ...region, nodes }, refusal }];
  });
}

function defaultsOf(nodes: readonly Node[], overridable: ReadonlySet<string>): readonly string[] {
  return nodes.flatMap((node) => node.inputs.filter((input) => overridable.has(input)));
}
