import { memo, type ReactElement } from 'react';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import { percentChange } from '../../shared/format';
import type { MapState } from '../../../src/core/view/map/mapTypes';
import type { ItemVerdict } from '../../../src/core/view/map/verdicts';
import { onScreen } from '../../../src/core/view/onScreen';
import { Icon } from '../../shared/icon';
import { LOOK_ICONS } from '../../shared/looks';
import { plural, t } from '../../shared/strings';
import { blockContext } from '../menuContext';
import type { BlockRow, GroupRow, TreeRow } from './blockTree';

export interface TreeRowViewProps {
  readonly row: TreeRow;
  /** What a verification found of its block. */
  readonly verdict: ItemVerdict | undefined;
  readonly chosen: boolean;
  readonly tabStop: boolean;
  onActivate(row: TreeRow): void;
}

/** A row of the tree. Re-drawn only when something of it changes: there may be a thousand. */
export const TreeRowView = memo(drawRow, (old, now) => {
  return (
    old.chosen === now.chosen &&
    old.tabStop === now.tabStop &&
    old.verdict === now.verdict &&
    sameRow(old.row, now.row)
  );
});

function drawRow({ row, verdict, chosen, tabStop, onActivate }: TreeRowViewProps): ReactElement {
  const common = {
    role: 'treeitem',
    'data-key': row.key,
    tabIndex: tabStop ? 0 : -1,
    'aria-level': row.level,
    'aria-posinset': row.position,
    'aria-setsize': row.siblings,
    'aria-selected': chosen,
    style: { paddingInlineStart: `${8 + 14 * (row.level - 1)}px` },
    onClick: () => onActivate(row),
  };
  if (row.kind === 'group') {
    return (
      <div {...common} className="tree-row group" aria-expanded={row.open}>
        <GroupLabel row={row} />
      </div>
    );
  }
  const { block } = row;
  return (
    <div
      {...common}
      className={`tree-row block ${block.status}`}
      data-testid="block"
      data-block-id={block.id}
      data-status={block.status}
      data-verdict={verdict?.state}
      data-vscode-context={blockContext(block)}
      title={verdict?.sentence ?? ownTitle(block)}
    >
      <BlockLabel row={row} state={verdict?.state ?? block.status} />
    </div>
  );
}

/** Why it is refused; else its whole name, which may be longer than the row. */
function ownTitle({ refusal, modulePath, output }: BlockReport): string {
  if (refusal !== null) return onScreen(refusal.message);
  return modulePath === '' ? (output ?? '') : modulePath;
}

function GroupLabel({ row }: { readonly row: GroupRow }): ReactElement {
  return (
    <>
      <Icon name={row.open ? 'chevronDown' : 'chevronRight'} />
      <span className="row-label">{row.label}</span>
      <span className="muted row-count">{plural('blocks.groupCount', row.blocks)}</span>
    </>
  );
}

interface BlockLabelProps {
  readonly row: BlockRow;
  readonly state: MapState;
}

function BlockLabel({ row: { block, label }, state }: BlockLabelProps): ReactElement {
  const fusable = block.status === 'fusable';
  return (
    <>
      <Icon name={LOOK_ICONS[state]} className={`look-${state}`} />
      <span className="row-text">
        <span className="row-line">
          <span className="row-label">{label}</span>
          <span className="family">{block.family}</span>
        </span>
        <span className="row-line row-detail">
          <span>{t(`map.state.${state}`)}</span>
          <span>{fusable ? savings(block) : block.refusal?.code}</span>
        </span>
      </span>
    </>
  );
}

function savings({ before, after }: BlockReport): string {
  const nodes = t('blocks.toOne', { before: before.nodes, after: plural('nodes', after.nodes) });
  const macs =
    before.macs === null || after.macs === null
      ? null
      : percentChange({ before: before.macs, after: after.macs });
  return macs === null ? nodes : `${nodes}, ${t('fuse.macs', { percent: macs })}`;
}

function sameRow(old: TreeRow, now: TreeRow): boolean {
  if (old.kind === 'group' || now.kind === 'group') return JSON.stringify(old) === JSON.stringify(now);
  return (
    old.block === now.block &&
    old.label === now.label &&
    old.level === now.level &&
    old.position === now.position &&
    old.siblings === now.siblings
  );
}
