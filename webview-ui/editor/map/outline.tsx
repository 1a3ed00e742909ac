import {
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  type RefObject,
  type UIEvent,
} from 'react';
import { Icon } from '../../shared/icon';
import { LOOK_ICONS, type Look } from '../../shared/looks';
import { t } from '../../shared/strings';
import { noContext, setMenuContext } from './mapMenu';
import type { OutlineRow } from './outlineRows';

/** What a row says of its item in the place of the item's state. */
export interface RowMark {
  readonly look: Look | null;
  /** For screen readers. */
  readonly words: string;
}

export interface OutlineProps {
  readonly rows: readonly OutlineRow[];
  readonly chosen: string | null;
  /** Left out: rows show their items' states. */
  readonly marks?: ReadonlyMap<string, RowMark>;
  /** What the tree is called; "Outline of the model" when left out. */
  readonly label?: string;
  onChoose(key: string): void;
  /** What a context menu on an item is told. */
  contextOf?(key: string): string | null;
  /** Opens or closes a module, or goes to a block. */
  onActivate(row: OutlineRow): void;
}

/** Height of a row in CSS pixels; rows are drawn where they can be seen only. */
const ROW = 24;
const SPARE = 8;

/** The map for the keyboard and for screen readers: a tree with one stop for Tab. */
export function Outline({ rows, chosen, marks, label, ...acts }: OutlineProps): ReactElement {
  const { contextOf = noContext, onChoose, onActivate } = acts;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const active = useMemo(() => placeOf(rows, chosen), [rows, chosen]);
  const { height, first, last, onScroll } = useRowsInSight(box, rows.length, chosen === null ? null : active);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = target(event.key, rows, active, Math.max(1, Math.floor(height / ROW) - 1));
    const row = to === null ? undefined : rows[to === 'activate' ? active : to];
    if (row === undefined) return;
    event.preventDefault();
    if (to === 'activate') onActivate(row);
    else onChoose(row.key);
  };
  return (
    <div
      className="map-outline"
      role="tree"
      aria-label={label ?? t('map.outline')}
      data-testid="map-outline"
      tabIndex={0}
      ref={box}
      aria-activedescendant={active >= first && active < last ? rowId(id, active) : undefined}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => setRowContext(event, rows[active]?.key, contextOf)}
      onScroll={onScroll}
    >
      <div role="presentation" style={{ height: rows.length * ROW, position: 'relative' }}>
        {rows.slice(first, last).map((row, offset) => (
          <OutlineRowView
            key={row.key}
            row={row}
            id={rowId(id, first + offset)}
            mark={marks === undefined ? undefined : (marks.get(row.key) ?? NO_MARK)}
            place={first + offset}
            count={rows.length}
            chosen={row.key === chosen}
            onChoose={onChoose}
            onActivate={onActivate}
          />
        ))}
      </div>
    </div>
  );
}

/** From the keyboard it is the tree that a menu is asked of, and its active row that is meant. */
function setRowContext(
  { target, currentTarget }: MouseEvent<HTMLElement>,
  active: string | undefined,
  contextOf: (key: string) => string | null,
): void {
  const key = (target as Element).closest<HTMLElement>('[data-key]')?.dataset['key'] ?? active;
  setMenuContext(currentTarget, key === undefined ? null : contextOf(key));
}

function placeOf(rows: readonly OutlineRow[], chosen: string | null): number {
  return Math.max(
    0,
    rows.findIndex(({ key }) => key === chosen),
  );
}

interface RowsInSight {
  readonly height: number;
  /** Rows from `first` up to `last` are drawn. */
  readonly first: number;
  readonly last: number;
  onScroll(event: UIEvent<HTMLElement>): void;
}

/** Which of `count` rows can be seen; the active one is scrolled into sight when it changes. */
function useRowsInSight(
  box: RefObject<HTMLElement | null>,
  count: number,
  active: number | null,
): RowsInSight {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || active === null) return;
    const [from, to] = [active * ROW, (active + 1) * ROW];
    if (from < element.scrollTop) element.scrollTop = from;
    else if (to > element.scrollTop + element.clientHeight) element.scrollTop = to - element.clientHeight;
  }, [box, active, height]);
  return {
    height,
    first: Math.max(0, Math.floor(top / ROW) - SPARE),
    last: Math.min(count, Math.ceil((top + height) / ROW) + SPARE),
    onScroll: ({ currentTarget }) => setTop(currentTarget.scrollTop),
  };
}

const NO_MARK: RowMark = { look: null, words: '' };

const rowId = (id: string, place: number): string => `map-row-${id}-${place}`;

interface OutlineRowViewProps extends Pick<OutlineProps, 'onChoose' | 'onActivate'> {
  readonly row: OutlineRow;
  readonly id: string;
  readonly mark: RowMark | undefined;
  readonly place: number;
  readonly count: number;
  readonly chosen: boolean;
}

function OutlineRowView({
  row,
  id,
  mark,
  place,
  count,
  chosen,
  onChoose,
  onActivate,
}: OutlineRowViewProps): ReactElement {
  const { item, expanded, level } = row;
  const state = item?.state ?? null;
  const look = mark === undefined ? state : mark.look;
  const words = mark?.words ?? (state === null ? '' : t(`map.state.${state}`));
  return (
    <div
      id={id}
      role="treeitem"
      className="map-row"
      data-key={row.key}
      data-testid="map-row"
      aria-level={level}
      aria-posinset={place + 1}
      aria-setsize={count}
      aria-selected={chosen}
      {...(expanded === null ? {} : { 'aria-expanded': expanded })}
      style={{ top: place * ROW, height: ROW, paddingInlineStart: 8 + 14 * (level - 1) }}
      onClick={() => (expanded === null ? onChoose(row.key) : onActivate(row))}
      onDoubleClick={() => expanded === null && onActivate(row)}
    >
      {expanded !== null && <Icon name={expanded ? 'chevronDown' : 'chevronRight'} />}
      {look !== null && <Icon name={LOOK_ICONS[look]} className={`look-${look}`} />}
      <span className="map-label">{row.label}</span>
      <span className="map-detail">
        {item?.kind === 'module' ? t('map.moduleNodes', { n: item.nodes }) : row.detail}
        {words !== '' && <span className="visually-hidden">{words}</span>}
      </span>
    </div>
  );
}

/** The row that a key leads to; null: none. */
function target(
  key: string,
  rows: readonly OutlineRow[],
  active: number,
  page: number,
): number | 'activate' | null {
  const row = rows[active];
  switch (key) {
    case 'ArrowDown':
      return Math.min(active + 1, rows.length - 1);
    case 'ArrowUp':
      return Math.max(active - 1, 0);
    case 'PageDown':
      return Math.min(active + page, rows.length - 1);
    case 'PageUp':
      return Math.max(active - page, 0);
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    case 'ArrowRight':
      if (row?.expanded === false) return 'activate';
      return row?.expanded === true ? Math.min(active + 1, rows.length - 1) : null;
    case 'ArrowLeft': {
      if (row?.expanded === true) return 'activate';
      const level = row?.level ?? 1;
      for (let at = active - 1; at >= 0; at--) if ((rows[at]?.level ?? 1) < level) return at;
      return null;
    }
    case 'Enter':
    case ' ':
      return 'activate';
    default:
      return null;
  }
}
