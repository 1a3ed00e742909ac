import { useDeferredValue, useMemo, type ReactElement } from 'react';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import type { ItemVerdict } from '../../../src/core/view/map/verdicts';
import { Landmark } from '../../shared/landmark';
import { t } from '../../shared/strings';
import type { Remember, Remembered } from '../memory';
import { BlockTree } from './blockTreeView';
import { matches, treeRows } from './blockTree';

export interface BlockListProps {
  readonly blocks: readonly BlockReport[];
  readonly verdicts: ReadonlyMap<string, ItemVerdict>;
  readonly chosenId: string;
  readonly remembered: Remembered;
  readonly remember: Remember;
  onChoose(id: string): void;
}

/** Above so many blocks there is a filter. */
const FILTER_FROM = 20;

/** The left column: the blocks by module path, with a filter where they are many. */
export function BlockList({
  blocks,
  verdicts,
  chosenId,
  remembered,
  remember,
  onChoose,
}: BlockListProps): ReactElement {
  const filterable = blocks.length > FILTER_FROM;
  const filter = useDeferredValue(filterable ? remembered.filter.trim() : '');
  const shown = useMemo(() => blocks.filter((block) => matches(block, filter)), [blocks, filter]);
  const collapsed = useMemo(
    // a filter shows what it finds, wherever it lies
    () => new Set(filter === '' ? remembered.collapsed : []),
    [remembered.collapsed, filter],
  );
  const rows = useMemo(() => treeRows(shown, collapsed), [shown, collapsed]);
  const fusable = blocks.filter((block) => block.status === 'fusable').length;
  return (
    <Landmark as="nav" className="block-list" aria-label={t('blocks.title')}>
      <div className="block-list-top">
        <h2>{t('blocks.title')}</h2>
        <span className="muted" data-testid="block-summary">
          {t('blocks.summary', { fusable, refused: blocks.length - fusable })}
        </span>
      </div>
      {filterable && (
        <FilterBox text={remembered.filter} onChange={(text) => remember(() => ({ filter: text }))} />
      )}
      {rows.length === 0 ? (
        <p className="no-match muted" role="status">
          {t('blocks.noMatch', { text: filter })}
        </p>
      ) : (
        <BlockTree
          rows={rows}
          verdicts={verdicts}
          chosenId={chosenId}
          onChoose={onChoose}
          onToggle={(key, open) =>
            remember(({ collapsed: closed }) => ({
              collapsed: open ? closed.filter((other) => other !== key) : [...closed, key],
            }))
          }
        />
      )}
    </Landmark>
  );
}

interface FilterBoxProps {
  readonly text: string;
  onChange(text: string): void;
}

function FilterBox({ text, onChange }: FilterBoxProps): ReactElement {
  return (
    <input
      className="filter"
      type="search"
      data-testid="filter"
      placeholder={t('blocks.filter')}
      aria-label={t('blocks.filter')}
      value={text}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
