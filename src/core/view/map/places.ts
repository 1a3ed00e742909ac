import type { Detection } from '../../detect/detect';
import type { Node } from '../../ir/model';
import { drawnNodes, members } from './drawn';
import { memberItem } from './memberItem';
import { moduleTree, type ModuleFolder } from './modules';

/** Where a block, or a node that is in none, stands in the map, whichever modules are open. */
export interface Place {
  /** Its key in the map. */
  readonly key: string;
  /** Key of the innermost module around it, '' at the top: a closed one that begins `within` is drawn in its stead. */
  readonly within: string;
  /** What a person would call it: module path of a block, name of a node. */
  readonly label: string;
  /** Family of a block, op type of a node. */
  readonly kind: string;
  readonly nodes: readonly Node[];
}

/** Everything that the map draws but inputs and outputs, in the order of the data. */
export function mapPlaces(detection: Detection): readonly Place[] {
  const { position } = detection.analysis.index;
  const places: (Place & { readonly at: number })[] = [];
  const visit = (folder: ModuleFolder): void => {
    for (const member of folder.members) {
      const { block, node } = member;
      const { key, label, detail } = memberItem(member, 0, null);
      const nodes = block?.region.nodes ?? [node];
      const text = block === null ? { label: detail, kind: label } : { label, kind: detail };
      places.push({ key, within: folder.key, nodes, ...text, at: position.get(node) ?? 0 });
    }
    for (const inner of folder.folders.values()) visit(inner);
  };
  visit(moduleTree(members(detection, drawnNodes(detection))));
  return places.sort((a, b) => a.at - b.at).map(({ at: _, ...place }) => place);
}
