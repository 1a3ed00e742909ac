import type { ReactElement } from 'react';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import { Landmark } from '../../shared/landmark';
import { t } from '../../shared/strings';
import { percentText } from '../fold/percentText';

interface Choice {
  /** Name of the node whose details are shown. */
  readonly chosen: string | null;
  onChoose(node: string): void;
}

export interface BranchListProps extends Choice {
  readonly branches: BlockReport['branches'];
  /** The pointer or the focus is on these nodes. */
  onPoint(nodes: ReadonlySet<string>): void;
}

const NOTHING: ReadonlySet<string> = new Set();

/** The branches in words, each with its nodes: the twin of the graph for whoever prefers a list. */
export function BranchList({ branches, onPoint, ...choice }: BranchListProps): ReactElement {
  return (
    <Landmark as="section" className="branches" aria-label={t('inspector.branches')}>
      <h3>{t('inspector.branches')}</h3>
      <ol data-testid="branches">
        {branches.map((branch, index) => (
          <li
            key={`${index} ${branch.label}`}
            onMouseEnter={() => onPoint(new Set(branch.nodes))}
            onMouseLeave={() => onPoint(NOTHING)}
            onFocus={() => onPoint(new Set(branch.nodes))}
            onBlur={() => onPoint(NOTHING)}
          >
            <span className="branch-number">{index + 1}</span>
            <span className="branch-text">
              <span>
                {branch.label} <ShareNote branch={branch} />
              </span>
              <BranchNodes nodes={branch.nodes} {...choice} />
            </span>
          </li>
        ))}
      </ol>
    </Landmark>
  );
}

function BranchNodes({
  nodes,
  chosen,
  onChoose,
}: Choice & { readonly nodes: readonly string[] }): ReactElement {
  return (
    <span className="branch-nodes">
      {nodes.length === 0 && <span className="muted">{t('inspector.noNodes')}</span>}
      {nodes.map((node, step) => (
        <span key={node} className="branch-step">
          {step > 0 && (
            <span className="muted" aria-hidden="true">
              →
            </span>
          )}
          <button
            type="button"
            className="link mono"
            aria-pressed={chosen === node}
            onClick={() => onChoose(node)}
          >
            {node}
          </button>
        </span>
      ))}
    </span>
  );
}

/** What the branch gives to the merged kernel, where that is known. */
function ShareNote({ branch }: { readonly branch: BlockReport['branches'][number] }): ReactElement | null {
  const { share, dead } = branch;
  if (share === undefined) return null;
  return (
    <span className="muted" title={t(dead === true ? 'fold.deadHint' : 'fold.shareHint')}>
      {dead === true ? t('fold.dead') : t('fold.percent', { percent: percentText(share) })}
    </span>
  );
}
