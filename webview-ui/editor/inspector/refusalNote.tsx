import type { ReactElement } from 'react';
import type { Refusal } from '../../../src/core/detect/block';
import { onScreen } from '../../../src/core/view/onScreen';
import { Icon } from '../../shared/icon';
import { t, tOr } from '../../shared/strings';

export interface RefusalNoteProps {
  readonly refusal: Refusal;
  onChoose(node: string): void;
  onPoint(nodes: ReadonlySet<string>): void;
  /** Says what a checkpoint does not hold; null where nobody can be asked. */
  readonly onAssumptions: (() => void) | null;
}

/** Why this block stays as it is, and the nodes that are to blame. */
export function RefusalNote({ refusal, onChoose, onPoint, onAssumptions }: RefusalNoteProps): ReactElement {
  return (
    <section className="refusal" data-testid="refusal" data-code={refusal.code}>
      <Icon name="warning" className="bad" />
      <div>
        <h3>{t('inspector.refusedTitle', { code: tOr(`refusal.${refusal.code}`, refusal.code) })}</h3>
        <p>{onScreen(refusal.message)}</p>
        {onAssumptions !== null && refusal.asks !== undefined && (
          <p>
            <button
              type="button"
              className="button"
              data-testid="set-assumptions-refusal"
              onClick={onAssumptions}
            >
              {t('assumptions.change')}
            </button>
          </p>
        )}
        {refusal.nodes.length > 0 && (
          <p className="refusal-nodes">
            <span className="muted">{t('inspector.nodesAtFault')}</span>
            {refusal.nodes.map((node) => (
              <button
                key={node}
                type="button"
                className="link mono"
                data-testid="fault-node"
                onClick={() => {
                  onChoose(node);
                  onPoint(new Set([node]));
                }}
              >
                {node}
              </button>
            ))}
          </p>
        )}
      </div>
    </section>
  );
}
