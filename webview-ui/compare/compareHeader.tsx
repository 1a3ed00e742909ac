import type { ReactElement } from 'react';
import { Announcer } from '../shared/announcer';
import { Icon } from '../shared/icon';
import { LOOK_ICONS, type Look } from '../shared/looks';
import { ProgressBar } from '../shared/progressBar';
import { t } from '../shared/strings';
import { verdictLook } from '../shared/verdictLook';
import type { ReadyState, SeenLink } from './links';

export interface CompareHeaderProps {
  readonly state: ReadyState;
  readonly seen: readonly SeenLink[];
  readonly filter: Look | null;
  /** Whether one map moves with the other. */
  readonly together: boolean;
  onFilter(filter: Look | null): void;
  onTogether(together: boolean): void;
  onExplain(): void;
}

const KINDS: readonly Look[] = [
  'faulty',
  'verified',
  'merged',
  'weights',
  'changed',
  'left',
  'right',
  'same',
];

/** How a look of the comparison is called. */
export function lookName(look: Look): string {
  switch (look) {
    case 'fusable':
    case 'refused':
    case 'fused':
    case 'verified':
    case 'faulty':
      return t(`map.state.${look}`);
    default:
      return t(`compare.kind.${look}`);
  }
}

/** Which two, what they have in common in one sentence, and the legend with counts, which filters. */
export function CompareHeader(props: CompareHeaderProps): ReactElement {
  const { state, seen, filter, together, onFilter, onTogether, onExplain } = props;
  const { left, right, job } = state;
  const said = sentence(state, seen);
  return (
    <header className="compare-header">
      <Announcer text={said} />
      <div className="compare-top">
        <div className="title">
          <h1>
            {left} <span className="muted">↔</span> {right}
          </h1>
          <p className="muted" data-testid="compare-summary">
            {said}
          </p>
        </div>
        <button
          type="button"
          className="button big"
          data-testid="explain"
          title={t('compare.explainHint')}
          disabled={job !== null}
          onClick={onExplain}
        >
          {t('compare.explain')}
        </button>
      </div>
      {job !== null && <ProgressBar fraction={job.fraction} label={t('job.verify')} />}
      <VerdictSentence state={state} />
      <div className="compare-legend">
        <Legend {...{ seen, filter, onFilter }} />
        <button
          type="button"
          className="chip"
          aria-pressed={together}
          title={t('compare.togetherHint')}
          data-testid="together"
          onClick={() => onTogether(!together)}
        >
          <Icon name="link" />
          {t('compare.together')}
        </button>
      </div>
    </header>
  );
}

/** The kinds that there are, with their counts: they filter, too. */
function Legend({
  seen,
  filter,
  onFilter,
}: Pick<CompareHeaderProps, 'seen' | 'filter' | 'onFilter'>): ReactElement {
  const counts = new Map<Look, number>();
  for (const { look } of seen) counts.set(look, (counts.get(look) ?? 0) + 1);
  return (
    <div className="map-legend" role="group" aria-label={t('compare.filter')}>
      {KINDS.filter((look) => counts.has(look)).map((look) => (
        <button
          key={look}
          type="button"
          className="chip"
          data-look={look}
          aria-pressed={filter === look}
          disabled={look === 'same'}
          onClick={() => onFilter(filter === look ? null : look)}
        >
          <Icon name={LOOK_ICONS[look]} className={`look-${look}`} />
          {lookName(look)} <span className="count">{counts.get(look)}</span>
        </button>
      ))}
    </div>
  );
}

/** The verdict with its first sentence; what stands behind it opens. */
function VerdictSentence({ state: { verdict } }: { readonly state: ReadyState }): ReactElement | null {
  if (verdict === null) return null;
  const { icon, tone } = verdictLook(verdict.verdict);
  const [finding = '', ...why] = verdict.reason.split(/(?<=\.) /);
  const line = (
    <>
      <Icon name={icon} className={tone} />
      <span>
        <strong>{t(`verdict.${verdict.verdict}`)}.</strong> {finding}
      </span>
    </>
  );
  const marks = { 'data-testid': 'compare-verdict', 'data-verdict': verdict.verdict } as const;
  if (why.length === 0)
    return (
      <p className="compare-verdict" {...marks}>
        {line}
      </p>
    );
  return (
    <details className="compare-verdict" {...marks}>
      <summary>{line}</summary>
      <p className="muted">{why.join(' ')}</p>
    </details>
  );
}

function sentence({ view }: ReadyState, seen: readonly SeenLink[]): string {
  if (!view.related) return t('compare.unrelated');
  const { same, merged, weights, changed, left, right } = view.counts;
  if (merged + weights + changed + left + right === 0) return t('compare.identical');
  const faulty = seen.filter(({ look }) => look === 'faulty').length;
  return t('compare.summary', {
    matched: same + merged + weights + changed,
    different: weights + changed + faulty,
    alone: left + right,
  });
}
