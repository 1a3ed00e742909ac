import type { Node } from '../../ir/model';
import { isMergedNode } from '../../onnx/provenance';
import type { MapItem, MapState } from './mapTypes';
import type { Member } from './modules';

/** An item of the map before it has a place. */
export type Unplaced = Omit<MapItem, 'x' | 'y'>;

/** @param nodes how many it stands for. @param parent key of the open module around it. */
export function memberItem({ block, node }: Member, nodes: number, parent: string | null): Unplaced {
  if (block === null) {
    const state = memberState({ block, node });
    const own = { key: `node:${node.name}`, kind: 'node', label: node.opType, detail: node.name } as const;
    return { ...own, state, family: null, nodes, parent };
  }
  const label = block.modulePath === '' ? block.id : block.modulePath;
  const own = { key: block.id, kind: 'block', label, detail: block.family } as const;
  return { ...own, state: block.status, family: block.family, nodes, parent };
}

export function memberState({ block, node }: Pick<Member, 'block' | 'node'>): MapState | null {
  return block?.status ?? (isMadeByFusion(node) ? 'fused' : null);
}

/** By what the file says of the node, or by the name that we give, where another tool has dropped that. */
function isMadeByFusion(node: Node): boolean {
  return isMergedNode(node) || (node.name.includes('.reparam') && /\.reparam(_\d+)?$/.test(node.name));
}
