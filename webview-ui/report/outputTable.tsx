import type { ReactElement } from 'react';
import type { OutputComparison } from '../../src/core/verify/report';
import { Icon } from '../shared/icon';
import { cosine, measured } from '../shared/format';
import { t, type StringKey } from '../shared/strings';
import { worstOutputs } from '../../src/core/view/report/worstFirst';

const COLUMNS: readonly (readonly [StringKey, StringKey])[] = [
  ['report.maxAbs', 'report.maxAbsHint'],
  ['report.bound', 'report.boundHint'],
  ['report.maxRel', 'report.maxRelHint'],
  ['report.rms', 'report.rmsHint'],
  ['report.cosine', 'report.cosineHint'],
  ['report.worstIndex', 'report.worstIndexHint'],
];

/** How far each output of the network lies from the original's. */
export function OutputTable({ outputs }: { readonly outputs: readonly OutputComparison[] }): ReactElement {
  return (
    <section>
      <h2 id="outputs-title">{t('report.outputs')}</h2>
      <div className="scroller" role="region" aria-labelledby="outputs-title" tabIndex={0}>
        <table data-testid="outputs">
          <thead>
            <tr>
              <th scope="col">{t('report.output')}</th>
              {COLUMNS.map(([title, hint]) => (
                <th key={title} scope="col" className="number" title={t(hint)}>
                  {t(title)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {worstOutputs(outputs).map((output) => (
              <Row key={output.name} output={output} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ output }: { readonly output: OutputComparison }): ReactElement {
  const { name, maxAbs, bound, maxRel, rms, worstIndex } = output;
  const over = bound !== null && !(maxAbs <= bound);
  return (
    <tr data-output={name}>
      <th scope="row" className="mono">
        {name}
      </th>
      <td className="number" data-over={over}>
        <span className="with-icon">
          {over && <Icon name="cross" className="bad" />}
          <strong>{measured(maxAbs)}</strong>
        </span>
      </td>
      <td className="number">{bound === null ? '–' : measured(bound)}</td>
      <td className="number">{measured(maxRel)}</td>
      <td className="number">{measured(rms)}</td>
      <td className="number">{cosine(output.cosine)}</td>
      <td className="number mono">[{worstIndex.join(', ')}]</td>
    </tr>
  );
}
