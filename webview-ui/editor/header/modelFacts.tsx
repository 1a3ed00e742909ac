import type { ReactElement, ReactNode } from 'react';
import type { PortSummary } from '../../../src/core/view/inspectReport';
import type { ModelView } from '../../../src/core/view/modelView';
import { shape } from '../../shared/format';
import { t } from '../../shared/strings';
import { Figure } from './figure';

/** How many inputs or outputs are shown before the rest is folded away. */
const SHOWN = 3;

export interface ModelFactsProps {
  readonly view: ModelView;
  /** Whether the inputs have shapes that the person gave. */
  readonly givenShapes: boolean;
  /** null where the file says its shapes itself. */
  readonly onShapes: (() => void) | null;
}

/** Inputs, outputs and sizes of the model. */
export function ModelFacts({ view, givenShapes, onShapes }: ModelFactsProps): ReactElement {
  const { model, totals } = view;
  return (
    <dl className="facts" aria-label={t('header.summary')}>
      <Ports title={t('header.inputs')} ports={model.inputs}>
        {onShapes !== null && (
          <button
            type="button"
            className="link"
            data-testid="set-shapes"
            title={t(givenShapes ? 'header.givenShapes' : 'header.setShapesHint')}
            onClick={onShapes}
          >
            {t(givenShapes ? 'header.changeShapes' : 'header.setShapes')}
          </button>
        )}
      </Ports>
      <Ports title={t('header.outputs')} ports={model.outputs} />
      <Figure
        title={t('header.parameters')}
        id="parameters"
        value={model.parameters}
        after={totals.parameters.after}
      />
      <Figure title={t('header.nodes')} id="nodes" value={model.nodes} after={totals.nodes.after} />
      <Figure title={t('header.convs')} id="convs" value={model.convs} after={model.convs} />
    </dl>
  );
}

interface PortsProps {
  readonly title: string;
  readonly ports: readonly PortSummary[];
  readonly children?: ReactNode;
}

function Ports({ title, ports, children }: PortsProps): ReactElement {
  const more = ports.slice(SHOWN);
  return (
    <div className="fact">
      <dt>{title}</dt>
      <dd>
        {ports.length === 0 && t('common.none')}
        {ports.slice(0, SHOWN).map((port) => (
          <Port key={port.name} port={port} />
        ))}
        {more.length > 0 && (
          <details>
            <summary>{t('common.moreCount', { n: more.length })}</summary>
            {more.map((port) => (
              <Port key={port.name} port={port} />
            ))}
          </details>
        )}
        {children}
      </dd>
    </div>
  );
}

function Port({ port: { name, dtype, dims } }: { readonly port: PortSummary }): ReactElement {
  return (
    <div className="port">
      <strong>{name}</strong> <span className="muted">{dtype ?? t('common.unknown')}</span>{' '}
      <span className="mono">{shape(dims) ?? t('header.anyShape')}</span>
    </div>
  );
}
