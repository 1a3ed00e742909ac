import { Fragment, type ReactElement } from 'react';
import type { Branch } from '../../../src/core/detect/block';
import { t } from '../../shared/strings';

export interface BranchListProps {
  readonly branches: readonly Branch[];
  /** What merging them takes, by the names of the DBB paper. */
  readonly transforms: readonly string[];
  /** Name of the node whose details are shown. */
  readonly chosen: string | null;
  onChoose(node: string): void;
  /** The pointer or the focus is on these nodes. */
  onPoint(nodes: ReadonlySet<string>): void;
}

const NOTHING: ReadonlySet<string> = new Set();

/** The branches in words, each with its nodes: the twin of the graph for whoever prefers a list. */
export function BranchList({
  branches,
  transforms,
  chosen,
  onChoose,
  onPoint,
}: BranchListProps): ReactElement {
  return (
    <section className="branches" aria-label={t('inspector.branches')}>
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
              <span>{branch.label}</span>
              <span className="branch-nodes">
                {branch.nodes.length === 0 && <span className="muted">{t('inspector.noNodes')}</span>}
                {branch.nodes.map((node, step) => (
                  <Fragment key={node}>
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
                  </Fragment>
                ))}
              </span>
            </span>
          </li>
        ))}
      </ol>
      {transforms.length > 0 && (
        <p className="transforms" data-testid="transforms" title={t('inspector.transformsHint')}>
          <span className="muted">{t('inspector.transforms')}</span>
          {transforms.map((transform) => (
            <span key={transform} className="chip">
              {transform}
            </span>
          ))}
        </p>
      )}
    </section>
  );
}
