import type { MapItem, ModelMap } from '../../../src/core/view/map/mapTypes';

/** The map as an outline: open modules with what lies in them, in the order of the data. */
export interface OutlineRow {
  readonly key: string;
  readonly label: string;
  /** What else there is to say, in a fainter colour. */
  readonly detail: string;
  readonly level: number;
  /** null for open modules, which are no item of the map. */
  readonly item: MapItem | null;
  /** null for what can't be opened. */
  readonly expanded: boolean | null;
}

/** @param kept keys that the filter keeps; null: all. Modules stay as long as something in them does. */
export function outlineRows(map: ModelMap, kept: ReadonlySet<string> | null): readonly OutlineRow[] {
  const children = new Map<string | null, (MapItem | string)[]>();
  const listed = new Set<string>();
  const add = (parent: string | null, child: MapItem | string): void => {
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [child]);
    else list.push(child);
  };
  const open = new Set(map.open);
  const enlist = (module: string): void => {
    if (listed.has(module)) return;
    listed.add(module);
    const around = parentOf(module, open);
    if (around !== null) enlist(around);
    add(around, module);
  };
  for (const item of map.items) {
    if (kept !== null && !kept.has(item.key)) continue;
    if (item.parent !== null) enlist(item.parent);
    add(item.parent, item);
  }
  const rows: OutlineRow[] = [];
  const visit = (parent: string | null, level: number): void => {
    for (const child of children.get(parent) ?? []) {
      if (typeof child === 'string') {
        const label = child.slice((parent ?? '').length + 1).replaceAll('/', '.');
        rows.push({ key: child, label, detail: '', level, item: null, expanded: true });
        visit(child, level + 1);
      } else {
        const expanded = child.kind === 'module' ? false : null;
        // the rows above say where a block lies, so its row says what it is
        const [label, detail] =
          child.kind === 'block' ? [child.detail, child.key] : [child.label, child.detail];
        rows.push({ key: child.key, label, detail, level, item: child, expanded });
      }
    }
  };
  visit(null, 1);
  return rows;
}

/** The innermost open module around one. */
function parentOf(module: string, open: ReadonlySet<string>): string | null {
  for (let end = module.lastIndexOf('/'); end > 0; end = module.lastIndexOf('/', end - 1)) {
    const around = module.slice(0, end);
    if (open.has(around)) return around;
  }
  return null;
}
