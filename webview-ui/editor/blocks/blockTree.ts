import type { BlockReport } from '../../../src/core/view/inspectReport';

/** Blocks grouped by module path, as the rows of a tree from top to bottom. */
export type TreeRow = GroupRow | BlockRow;

interface RowPlace {
  /** 1 for the outermost. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  /** Key of the group it lies in; null at the top. */
  readonly parent: string | null;
}

export interface GroupRow extends RowPlace {
  readonly kind: 'group';
  readonly key: string;
  readonly label: string;
  readonly blocks: number;
  readonly open: boolean;
}

export interface BlockRow extends RowPlace {
  readonly kind: 'block';
  readonly key: string;
  readonly label: string;
  readonly block: BlockReport;
}

interface Folder {
  readonly path: string;
  readonly label: string;
  readonly folders: Map<string, Folder>;
  readonly blocks: BlockReport[];
}

/** The visible rows. A folder that holds one thing only is no row of its own: its name leads that thing's name. */
export function treeRows(blocks: readonly BlockReport[], collapsed: ReadonlySet<string>): readonly TreeRow[] {
  const root: Folder = { path: '', label: '', folders: new Map(), blocks: [] };
  for (const block of blocks) folderOf(root, block).blocks.push(block);
  const rows: TreeRow[] = [];
  addChildren(root, '', { level: 1, parent: null }, collapsed, rows);
  return rows;
}

/** Whether a block's texts contain the filter's words. */
export function matches(block: BlockReport, filter: string): boolean {
  const text = [
    block.id,
    block.family,
    block.modulePath,
    block.output ?? '',
    block.status,
    block.refusal?.code ?? '',
  ]
    .join(' ')
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function folderOf(root: Folder, block: BlockReport): Folder {
  let folder = root;
  for (const segment of block.modulePath === '' ? [] : block.modulePath.split('.')) {
    let next = folder.folders.get(segment);
    if (next === undefined) {
      const path = folder.path === '' ? segment : `${folder.path}.${segment}`;
      next = { path, label: segment, folders: new Map(), blocks: [] };
      folder.folders.set(segment, next);
    }
    folder = next;
  }
  return folder;
}

function addChildren(
  folder: Folder,
  lead: string,
  place: { readonly level: number; readonly parent: string | null },
  collapsed: ReadonlySet<string>,
  rows: TreeRow[],
): void {
  const children = [...folder.blocks, ...[...folder.folders.values()].map(unfold)];
  children.forEach((child, index) => {
    const at = { ...place, position: index + 1, siblings: children.length };
    if (!('folder' in child)) {
      const label = child.modulePath === '' ? (child.output ?? child.id) : lastLabel(child, lead);
      rows.push({ kind: 'block', key: child.id, label, block: child, ...at });
    } else if (child.only !== null) {
      rows.push({ kind: 'block', key: child.only.id, label: child.label, block: child.only, ...at });
    } else {
      const key = `/${child.folder.path}`;
      const open = !collapsed.has(key);
      rows.push({ kind: 'group', key, label: child.label, blocks: size(child.folder), open, ...at });
      if (open)
        addChildren(child.folder, child.label, { level: place.level + 1, parent: key }, collapsed, rows);
    }
  });
}

/** A block that shares its whole path with others is told apart by the tensor it ends in. */
function lastLabel(block: BlockReport, lead: string): string {
  return block.output ?? (lead === '' ? block.id : lead);
}

/** Follows folders that hold a single folder; `only` is the block where that is all there is. */
function unfold(folder: Folder): {
  readonly folder: Folder;
  readonly label: string;
  readonly only: BlockReport | null;
} {
  let label = folder.label;
  let inner = folder;
  for (;;) {
    const [next] = inner.folders.values();
    if (inner.blocks.length > 0 || inner.folders.size !== 1 || next === undefined) break;
    inner = next;
    label = `${label}.${inner.label}`;
  }
  const only = inner.folders.size === 0 && inner.blocks.length === 1 ? (inner.blocks[0] ?? null) : null;
  return { folder: inner, label, only };
}

function size(folder: Folder): number {
  return [...folder.folders.values()].reduce((total, child) => total + size(child), folder.blocks.length);
}
