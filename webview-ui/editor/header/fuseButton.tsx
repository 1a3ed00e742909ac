import type { ReactElement } from 'react';
import type { Totals } from '../../../src/core/view/modelView';
import { difference, percentChange } from '../../shared/format';
import { Icon } from '../../shared/icon';
import { plural, t } from '../../shared/strings';

export interface FuseButtonProps {
  readonly totals: Totals;
  readonly disabled: boolean;
  onFuse(): void;
}

/** "Fuse 3 blocks (−21 nodes, −45 % MACs)". */
export function FuseButton({ totals, disabled, onFuse }: FuseButtonProps): ReactElement {
  return (
    <button
      type="button"
      className="button primary big"
      data-testid="fuse-all"
      title={totals.blockMacs === null ? undefined : t('fuse.macsHint')}
      disabled={disabled}
      onClick={onFuse}
    >
      <Icon name="merge" />
      <strong>{plural('fuse.all', totals.fusable)}</strong>
      <span>({savings(totals)})</span>
    </button>
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
