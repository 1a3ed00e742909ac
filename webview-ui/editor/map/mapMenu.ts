import type { BlockReport } from '../../../src/core/view/inspectReport';
import type { ModelSelection } from '../../../src/protocol/editor';
import { blockContext, looseNodeContext } from '../menuContext';

type Blocks = readonly Pick<BlockReport, 'id' | 'status'>[];

/** Keys of nodes that lie in no block begin so; a block's key is its id. */
const NODE = 'node:';

/** What a context menu on an item is told; null where there is nothing to offer. */
export function itemContext(key: string, blocks: Blocks): string | null {
  if (key.startsWith(NODE)) return looseNodeContext(key.slice(NODE.length));
  const block = blocks.find(({ id }) => id === key);
  return block === undefined ? null : blockContext(block);
}

/** What other views are told of a chosen item; null for modules, inputs and outputs. */
export function itemSelection(key: string, blocks: Blocks): ModelSelection | null {
  if (key.startsWith(NODE)) return { block: null, node: key.slice(NODE.length) };
  return blocks.some(({ id }) => id === key) ? { block: key, node: null } : null;
}

/**
 * Writes the context of what lies under the pointer onto an element that stands for many things. VS Code reads it from the
 * element after the listeners inside the page have run.
 */
export function setMenuContext(element: HTMLElement, context: string | null): void {
  // without one, VS Code would offer Cut, Copy and Paste, which do nothing here
  element.dataset['vscodeContext'] = context ?? JSON.stringify({ preventDefaultContextMenuItems: true });
}

/** For items that no menu is offered for. */
export const noContext = (): null => null;
