import type { ReactElement } from 'react';
import type { BlockReport } from '../../src/core/view/inspectReport';
import { Icon } from '../shared/icon';
import { t } from '../shared/strings';
import { blockContext } from './menuContext';

export interface BlockHeadingProps {
  readonly block: BlockReport;
  readonly busy: boolean;
  onFuse(): void;
}

/** Which block this is, whether it can be fused, and the button that does so. */
export function BlockHeading({ block, busy, onFuse }: BlockHeadingProps): ReactElement {
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
        </h2>
        <p className="muted mono ellipsis" title={t('inspector.tensors', tensors(block))}>
          {place}
        </p>
      </div>
      {fusable && (
        <button type="button" className="button" data-testid="fuse-block" disabled={busy} onClick={onFuse}>
          <Icon name="merge" />
          {t('fuse.oneBlock')}
        </button>
      )}
    </div>
  );
}

function tensors({ input, output }: BlockReport): { readonly input: string; readonly output: string } {
  const unknown = t('common.unknown');
  return { input: input ?? unknown, output: output ?? unknown };
}
