import type { Node } from '../ir/model';
import type { NodeProto } from './schema/onnx_pb';

/** The key under which a merged node names the nodes that it replaces; see `fuse/apply.ts`. */
const MERGED = 'replens.merged';

/** Whether a fusion of ours made this node, as the file says itself. */
export function isMergedNode({ origin }: Node): boolean {
  switch (origin.kind) {
    case 'new':
      return MERGED in origin.provenance;
    case 'inlined':
      return isMergedNode(origin.body);
    case 'file': {
      const notes = (origin.ref as Partial<NodeProto> | null)?.metadataProps;
      return notes?.some(({ key }) => key === MERGED) === true;
    }
  }
}
