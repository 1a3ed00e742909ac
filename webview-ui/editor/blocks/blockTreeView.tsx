import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { ItemVerdict } from '../../../src/core/view/map/verdicts';
import { t } from '../../shared/strings';
import type { TreeRow } from './blockTree';
import { TreeRowView } from './treeRowView';

export interface BlockTreeProps {
  readonly rows: readonly TreeRow[];
  readonly verdicts: ReadonlyMap<string, ItemVerdict>;
  readonly chosenId: string;
  onChoose(id: string): void;
  onToggle(key: string, open: boolean): void;
}

/** The rows as an ARIA tree: one stop for Tab, arrows move, Enter or Space chooses. */
export function BlockTree({ rows, verdicts, chosenId, onChoose, onToggle }: BlockTreeProps): ReactElement {
  const tree = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string>(chosenId);
  const stop = rows.some((row) => row.key === focused) ? focused : (rows[0]?.key ?? '');
  const listed = rows.some((row) => row.key === chosenId);
  // a row may come into the list later than it is chosen, when its group opens or a filter goes
  useLayoutEffect(() => {
    if (!listed) return;
    setFocused(chosenId);
    rowElement(tree.current, chosenId)?.scrollIntoView({ block: 'nearest' });
  }, [chosenId, listed]);
  const moveTo = (row: TreeRow | undefined): void => {
    if (row === undefined) return;
    setFocused(row.key);
    rowElement(tree.current, row.key)?.focus();
  };
  const activate = (row: TreeRow): void => {
    setFocused(row.key);
    if (row.kind === 'block') onChoose(row.block.id);
    else onToggle(row.key, !row.open);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const index = rows.findIndex((row) => row.key === stop);
    const row = rows[index];
    if (row === undefined) return;
    const act = keyAction(event.key, rows, index);
    if (act === null) return;
    event.preventDefault();
    if (act === 'activate') activate(row);
    else if (act === 'toggle') onToggle(row.key, row.kind === 'group' && !row.open);
    else moveTo(rows[act]);
  };
  return (
    <div className="tree" role="tree" aria-label={t('blocks.title')} ref={tree} onKeyDown={onKeyDown}>
      {rows.map((row) => (
        <TreeRowView
          key={row.key}
          row={row}
          verdict={verdicts.get(row.key)}
          chosen={row.key === chosenId}
          tabStop={row.key === stop}
          onActivate={activate}
        />
      ))}
    </div>
  );
}

/** What a key does: the index of the row to go to, or something with the row itself; null: nothing. */
function keyAction(
  key: string,
  rows: readonly TreeRow[],
  index: number,
): number | 'activate' | 'toggle' | null {
  const row = rows[index];
  const parent = rows.findIndex((other) => other.key === row?.parent);
  switch (key) {
    case 'ArrowDown':
      return Math.min(index + 1, rows.length - 1);
    case 'ArrowUp':
      return Math.max(index - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    case 'ArrowRight':
      if (row?.kind !== 'group') return null;
      return row.open ? index + 1 : 'toggle';
    case 'ArrowLeft':
      if (row?.kind === 'group' && row.open) return 'toggle';
      return parent < 0 ? null : parent;
    case 'Enter':
    case ' ':
      return 'activate';
    default:
      return null;
  }
}

function rowElement(tree: HTMLElement | null, key: string): HTMLElement | null {
  return tree?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? null;
}
