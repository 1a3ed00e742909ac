import type { ReactElement } from 'react';
import type { CheckpointSummary, StateSummary } from '../../../src/core/view/inspectReport';
import type { Totals } from '../../../src/core/view/modelView';
import { plural, t } from '../../shared/strings';
import { Figure } from '../header/figure';

export interface CheckpointFactsProps {
  readonly checkpoint: CheckpointSummary;
  readonly totals: Totals;
}

/** What is in a file of weights: where they lie, how many, and what else is there. */
export function CheckpointFacts({ checkpoint, totals }: CheckpointFactsProps): ReactElement {
  const { states, parameters, others } = checkpoint;
  const { before, after } = totals.parameters;
  const sum = (of: (state: StateSummary) => number): number =>
    states.reduce((total, state) => total + of(state), 0);
  return (
    <dl className="facts" aria-label={t('header.summary')}>
      <div className="fact">
        <dt>{t('checkpoint.weights')}</dt>
        <dd data-testid="fact-states">
          {states.map((state) => (
            <State key={state.path} state={state} isOnly={states.length === 1} />
          ))}
        </dd>
      </div>
      <Figure
        title={t('checkpoint.entries')}
        id="entries"
        value={sum(({ entries }) => entries)}
        after={sum(({ entriesAfter }) => entriesAfter)}
      />
      <Figure
        title={t('header.parameters')}
        id="parameters"
        value={parameters}
        after={parameters - before + after}
      />
      {others.length > 0 && <Beside others={others} />}
    </dl>
  );
}

function State({ state, isOnly }: { readonly state: StateSummary; readonly isOnly: boolean }): ReactElement {
  const { path, wrapper, entries } = state;
  return (
    <div className="port">
      {path === '' ? t('checkpoint.fileItself') : <strong className="mono">{path}</strong>}
      {wrapper !== '' && (
        <>
          {' '}
          <span className="mono muted" title={t('checkpoint.wrapper', { wrapper })}>
            {wrapper}…
          </span>
        </>
      )}
      {!isOnly && <span className="muted"> {plural('checkpoint.stateEntries', entries)}</span>}
    </div>
  );
}

/** How many things beside the weights are shown before the rest is folded away. */
const SHOWN = 6;

function Beside({ others }: Pick<CheckpointSummary, 'others'>): ReactElement {
  const more = others.slice(SHOWN);
  return (
    <div className="fact">
      <dt>{t('checkpoint.beside')}</dt>
      <dd className="beside" data-testid="fact-beside">
        {others.slice(0, SHOWN).map((other) => (
          <Other key={other.path} other={other} />
        ))}
        {more.length > 0 && (
          <details>
            <summary>{t('common.moreCount', { n: more.length })}</summary>
            {more.map((other) => (
              <Other key={other.path} other={other} />
            ))}
          </details>
        )}
      </dd>
    </div>
  );
}

function Other({ other: { path, kind } }: { readonly other: CheckpointSummary['others'][number] }) {
  const isKept = kind === 'other';
  return (
    <span className="other" title={t(isKept ? 'checkpoint.kept' : `checkpoint.${kind}`)}>
      <span className="mono">{path}</span>
      {!isKept && <span className="muted"> {t('checkpoint.leftOut')}</span>}
    </span>
  );
}
