import type { BlockReport } from '../../src/core/view/inspectReport';
import type { BlockContext, NodeContext } from '../../src/protocol/bootstrap';

/** What VS Code's context menu is told of a block, for `data-vscode-context`. */
export function blockContext(block: Pick<BlockReport, 'id' | 'status'>): string {
  return JSON.stringify({
    webviewSection: 'block',
    blockId: block.id,
    blockStatus: block.status,
    preventDefaultContextMenuItems: true,
  } satisfies BlockContext);
}

/** The same of a node; inside a block's element VS Code puts the two together, and the node is the nearer one. */
export function nodeContext(name: string): string {
  return JSON.stringify({ nodeName: name } satisfies Partial<BlockContext>);
}

/** Of a node that lies in no block. */
export function looseNodeContext(name: string): string {
  return JSON.stringify({
    webviewSection: 'node',
    nodeName: name,
    preventDefaultContextMenuItems: true,
  } satisfies NodeContext);
}
