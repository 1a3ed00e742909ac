import type { ReactElement } from 'react';
import type { CheckpointSummary, StateSummary } from '../../../src/core/view/inspectReport';
import type { Change, ModelView } from '../../../src/core/view/modelView';
import { difference, percentChange } from '../../shared/format';
import { BusyButton } from '../../shared/busyButton';
import { Icon } from '../../shared/icon';
import { plural, t } from '../../shared/strings';

export interface FuseButtonProps {
  readonly view: Pick<ModelView, 'totals' | 'checkpoint'>;
  readonly busy: boolean;
  onFuse(): void;
}

/** "Fuse 3 blocks (−21 nodes, −45 % MACs)". */
export function FuseButton({ view, busy, onFuse }: FuseButtonProps): ReactElement {
  const { totals } = view;
  return (
    <BusyButton
      className="button primary big"
      data-testid="fuse-all"
      title={totals.blockMacs === null || view.checkpoint !== undefined ? undefined : t('fuse.macsHint')}
      busy={busy}
      onClick={onFuse}
    >
      <Icon name="merge" />
      <strong>{plural('fuse.all', totals.fusable)}</strong>
      <span>({savings(view)})</span>
    </BusyButton>
  );
}

/** Nodes always; MACs where the sizes are known, else parameters; what does not change is left out. Of a checkpoint its entries. */
function savings({ totals, checkpoint }: FuseButtonProps['view']): string {
  const { nodes, blockMacs, parameters } = totals;
  if (checkpoint !== undefined) return checkpointSavings(checkpoint, parameters);
  const parts = [plural('fuse.savings', nodes.after - nodes.before, { n: difference(nodes) })];
  const macs = blockMacs === null ? null : percentChange(blockMacs);
  const weights = percentChange(parameters);
  if (macs !== null) parts.push(t('fuse.macs', { percent: macs }));
  else if (weights !== null) parts.push(t('fuse.parameters', { percent: weights }));
  return parts.join(', ');
}

function checkpointSavings({ states, parameters: all }: CheckpointSummary, blocks: Change): string {
  const sum = (of: (state: StateSummary) => number): number =>
    states.reduce((total, state) => total + of(state), 0);
  const entries = { before: sum((state) => state.entries), after: sum((state) => state.entriesAfter) };
  const fewer = plural('checkpoint.savings', entries.after - entries.before, { n: difference(entries) });
  const percent = percentChange({ before: all, after: all - blocks.before + blocks.after });
  return percent === null ? fewer : `${fewer}, ${t('fuse.parameters', { percent })}`;
}
