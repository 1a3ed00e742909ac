import type { ReactElement } from 'react';
import type { Totals } from '../../../src/core/view/modelView';
import { difference, percentChange } from '../../shared/format';
import { BusyButton } from '../../shared/busyButton';
import { Icon } from '../../shared/icon';
import { plural, t } from '../../shared/strings';

export interface FuseButtonProps {
  readonly totals: Totals;
  readonly busy: boolean;
  onFuse(): void;
}

/** "Fuse 3 blocks (−21 nodes, −45 % MACs)". */
export function FuseButton({ totals, busy, onFuse }: FuseButtonProps): ReactElement {
  return (
    <BusyButton
      className="button primary big"
      data-testid="fuse-all"
      title={totals.blockMacs === null ? undefined : t('fuse.macsHint')}
      busy={busy}
      onClick={onFuse}
    >
      <Icon name="merge" />
      <strong>{plural('fuse.all', totals.fusable)}</strong>
      <span>({savings(totals)})</span>
    </BusyButton>
  );
}

/** Nodes always; MACs where the sizes are known, else parameters; what does not change is left out. */
function savings({ nodes, blockMacs, parameters }: Totals): string {
  const parts = [plural('fuse.savings', nodes.after - nodes.before, { n: difference(nodes) })];
  const macs = blockMacs === null ? null : percentChange(blockMacs);
  const weights = percentChange(parameters);
  if (macs !== null) parts.push(t('fuse.macs', { percent: macs }));
  else if (weights !== null) parts.push(t('fuse.parameters', { percent: weights }));
  return parts.join(', ');
}
