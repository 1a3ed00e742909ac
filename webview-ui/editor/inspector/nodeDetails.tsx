import { useCallback, useState, type ReactElement } from 'react';
import type { ModelView } from '../../../src/core/view/modelView';
import type { NodeView, ValueView } from '../../../src/core/view/nodeView';
import { t } from '../../shared/strings';
import type { Host } from '../host';
import { useAnswer } from '../useAnswer';
import { PanelTitle } from './panelTitle';
import { TensorStats } from './tensorStats';
import { ValueLine } from './valueLine';

export interface NodeDetailsProps {
  readonly name: string;
  readonly view: ModelView;
  readonly host: Host;
}

/** A node of the model: attributes, inputs and outputs. */
export function NodeDetails({ name, view, host }: NodeDetailsProps): ReactElement {
  const ask = useCallback(
    (of: string, signal: AbortSignal) => host.rpc.call('node', { name: of }, { signal }),
    [host],
  );
  const answer = useAnswer(name, ask, view);
  if (answer.status === 'loading') return <PanelTitle title={name} text={t('node.loading')} />;
  if (answer.status === 'failed') return <PanelTitle title={name} text={answer.problem.message} />;
  if (answer.value === null) return <PanelTitle title={name} text={t('node.missing')} />;
  const node = answer.value;
  return (
    <>
      <PanelTitle
        title={node.domain === '' ? node.opType : `${node.domain}.${node.opType}`}
        text={node.name}
        code
      />
      {node.call !== undefined && (
        <p className="muted" data-testid="node-call">
          {t('node.call', { call: '' })}
          <span className="mono">{node.call}</span>
        </p>
      )}
      <Attributes node={node} />
      <Values title={t('node.inputs')} values={node.inputs} view={view} host={host} />
      <Values title={t('node.outputs')} values={node.outputs} view={view} host={host} />
    </>
  );
}

function Attributes({ node }: { readonly node: NodeView }): ReactElement {
  return (
    <>
      <h4>{t('node.attributes')}</h4>
      {node.attributes.length === 0 && <p className="muted">{t('node.noAttributes')}</p>}
      <dl className="attributes">
        {node.attributes.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

interface ValuesProps {
  readonly title: string;
  readonly values: readonly ValueView[];
  readonly view: ModelView;
  readonly host: Host;
}

function Values({ title, values, view, host }: ValuesProps): ReactElement {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <h4>{title}</h4>
      <ul className="values">
        {values.map((value, index) => (
          <li key={`${index} ${value.name}`}>
            <ValueLine
              value={value}
              open={open === value.name}
              onToggle={() => setOpen((old) => (old === value.name ? null : value.name))}
            />
            {open === value.name && <TensorStats name={value.name} view={view} host={host} />}
          </li>
        ))}
      </ul>
    </>
  );
}
