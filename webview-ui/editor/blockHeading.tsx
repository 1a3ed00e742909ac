import type { ReactElement } from 'react';
import type { BlockReport } from '../../src/core/view/inspectReport';
import type { ItemVerdict } from '../../src/core/view/map/verdicts';
import { BusyButton } from '../shared/busyButton';
import { Icon } from '../shared/icon';
import { LOOK_ICONS } from '../shared/looks';
import { t } from '../shared/strings';
import { blockContext } from './menuContext';

export interface BlockHeadingProps {
  readonly block: BlockReport;
  /** What a verification found of it. */
  readonly verdict: ItemVerdict | null;
  readonly busy: boolean;
  /** null where nothing can be fused from here. */
  readonly onFuse: (() => void) | null;
}

/** Which block this is, whether it can be fused, and the button that does so. */
export function BlockHeading({ block, verdict, busy, onFuse }: BlockHeadingProps): ReactElement {
  const fusable = block.status === 'fusable';
  const place = block.modulePath === '' ? (block.output ?? '') : block.modulePath;
  return (
    <div className="block-heading" data-vscode-context={blockContext(block)}>
      <div className="block-title">
        <h2>
          {block.family} <span className="block-id">{block.id}</span>
          <span className="pill">
            <Icon name={fusable ? 'merge' : 'slash'} className={fusable ? 'good' : 'warn'} />
            {t(fusable ? 'blocks.fusable' : 'blocks.refused')}
          </span>
          {verdict !== null && <VerdictPill state={verdict.state} />}
        </h2>
        <p className="muted mono block-place" title={t('inspector.tensors', tensors(block))}>
          {place}
        </p>
        {verdict?.sentence && (
          <p className="block-fault" data-testid="block-fault">
            {verdict.sentence}
          </p>
        )}
      </div>
      {fusable && onFuse !== null && (
        <BusyButton className="button" data-testid="fuse-block" busy={busy} onClick={onFuse}>
          <Icon name="merge" />
          {t('fuse.oneBlock')}
        </BusyButton>
      )}
    </div>
  );
}

function VerdictPill({ state }: Pick<ItemVerdict, 'state'>): ReactElement {
  return (
    <span className="pill" data-testid="block-verdict" data-state={state}>
      <Icon name={LOOK_ICONS[state]} className={`look-${state}`} />
      {t(`map.state.${state}`)}
    </span>
  );
}

function tensors({ input, output }: BlockReport): { readonly input: string; readonly output: string } {
  const unknown = t('common.unknown');
  return { input: input ?? unknown, output: output ?? unknown };
}
