import type { ReactElement } from 'react';
import type { Refusal } from '../../../src/core/detect/block';
import { Icon } from '../../shared/icon';
import { t, tOr } from '../../shared/strings';

export interface RefusalNoteProps {
  readonly refusal: Refusal;
  onChoose(node: string): void;
  onPoint(nodes: ReadonlySet<string>): void;
}

/** Why this block stays as it is, and the nodes that are to blame. */
export function RefusalNote({ refusal, onChoose, onPoint }: RefusalNoteProps): ReactElement {
  return (
    <section className="refusal" data-testid="refusal" data-code={refusal.code}>
      <Icon name="warning" className="bad" />
      <div>
        <h3>{t('inspector.refusedTitle', { code: tOr(`refusal.${refusal.code}`, refusal.code) })}</h3>
        <p>{refusal.message}</p>
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
