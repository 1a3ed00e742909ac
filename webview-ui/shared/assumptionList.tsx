import type { ReactElement } from 'react';
import type { Assumption } from '../../src/core/checkpoint/assumptions';
import { assumptionsOn, mattersToWeights } from '../../src/core/view/assumptions';
import { Landmark } from './landmark';
import { plural, t } from './strings';

export interface AssumptionListProps {
  readonly assumptions: readonly Assumption[];
  /** The block that it is about, by its module; null: the whole file. */
  readonly block: string | null;
  /** Asks for something else; null where nobody can be asked. */
  readonly onChange: (() => void) | null;
}

/** What a checkpoint does not hold and its blocks were taken for, one sentence each; what changes no weight is folded away. */
export function AssumptionList({ assumptions, block, onChange }: AssumptionListProps): ReactElement | null {
  const own = assumptionsOn(assumptions, block);
  if (own.length === 0) return null;
  const weights = own.filter(mattersToWeights);
  const drawn = own.filter((one) => !mattersToWeights(one));
  const place = block === null ? 'file' : 'block';
  const title = t(block === null ? 'assumptions.title' : 'assumptions.ofBlock');
  const Heading = block === null ? 'h2' : 'h3';
  return (
    <Landmark as="section" className="assumptions" data-testid={`assumptions-${place}`} aria-label={title}>
      <div className="assumptions-head">
        <Heading>{title}</Heading>
        {onChange !== null && (
          <button
            type="button"
            className="link"
            data-testid={`set-assumptions-${place}`}
            title={t('assumptions.changeHint')}
            onClick={onChange}
          >
            {t('assumptions.change')}
          </button>
        )}
      </div>
      {weights.length > 0 && <Sentences assumptions={weights} counts={block === null} />}
      {drawn.length > 0 && (
        <details>
          <summary>{plural('assumptions.drawn', drawn.length)}</summary>
          <Sentences assumptions={drawn} counts={block === null} />
        </details>
      )}
    </Landmark>
  );
}

interface SentencesProps {
  readonly assumptions: readonly Assumption[];
  /** Whether to say of how many blocks each is. */
  readonly counts: boolean;
}

function Sentences({ assumptions, counts }: SentencesProps): ReactElement {
  return (
    <ul>
      {assumptions.map(({ kind, message, blocks, given }) => (
        <li key={message} data-kind={kind} data-given={given}>
          {given && (
            <span className="pill" title={t('assumptions.givenHint')}>
              {t('assumptions.given')}
            </span>
          )}{' '}
          {message}{' '}
          {counts && (
            <span className="muted nowrap" title={blocks.join('\n')}>
              {plural('assumptions.blocks', blocks.length)}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
