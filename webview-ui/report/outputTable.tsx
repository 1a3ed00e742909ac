import type { ReactElement } from 'react';
import type { OutputComparison } from '../../src/core/verify/report';
import { Icon } from '../shared/icon';
import { cosine, measured } from '../shared/format';
import { t, type StringKey } from '../shared/strings';
import { Picture } from './picture';
import { errorHistogram } from '../../src/core/view/report/pictures';
import { worstOutputs } from '../../src/core/view/report/worstFirst';

const COLUMNS: readonly (readonly [StringKey, StringKey])[] = [
  ['report.maxAbs', 'report.maxAbsHint'],
  ['report.bound', 'report.boundHint'],
  ['report.maxRel', 'report.maxRelHint'],
  ['report.rms', 'report.rmsHint'],
  ['report.cosine', 'report.cosineHint'],
  ['report.worstIndex', 'report.worstIndexHint'],
];

const CLASSES: readonly [StringKey, StringKey] = ['report.top', 'report.topHint'];

/** How far each output of the network lies from the original's. */
export function OutputTable({ outputs }: { readonly outputs: readonly OutputComparison[] }): ReactElement {
  const hasClasses = outputs.some(({ top1 }) => top1 !== undefined);
  const columns = hasClasses ? [...COLUMNS, CLASSES] : COLUMNS;
  return (
    <section>
      <h2 id="outputs-title">{t('report.outputs')}</h2>
      <div className="scroller" role="region" aria-labelledby="outputs-title" tabIndex={0}>
        <table data-testid="outputs">
          <thead>
            <tr>
              <th scope="col">{t('report.output')}</th>
              {columns.map(([title, hint]) => (
                <th key={title} scope="col" className="number" title={t(hint)}>
                  {t(title)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {worstOutputs(outputs).map((output) => (
              <Row key={output.name} output={output} hasClasses={hasClasses} />
            ))}
          </tbody>
        </table>
      </div>
      <Histograms outputs={outputs} />
    </section>
  );
}

/** How many numbers differ by how much, for each output; opened by those who want to know. */
function Histograms({ outputs }: { readonly outputs: readonly OutputComparison[] }): ReactElement {
  return (
    <>
      {worstOutputs(outputs).map(({ name, histogram }) => {
        const title = t('report.histogram', { name });
        return histogram === undefined ? null : (
          <details key={name} data-testid="histogram">
            <summary>{title}</summary>
            <Picture markup={errorHistogram(histogram, title)} testId="histogram-picture" />
          </details>
        );
      })}
    </>
  );
}

function Row({
  output,
  hasClasses,
}: {
  readonly output: OutputComparison;
  readonly hasClasses: boolean;
}): ReactElement {
  const { name, maxAbs, bound, maxRel, rms, worstIndex, top1, top5 } = output;
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
      {hasClasses && (
        <td className="number" data-testid="top">
          {top1 === undefined || top5 === undefined ? '–' : `${percent(top1)} / ${percent(top5)}`}
        </td>
      )}
    </tr>
  );
}

function percent(share: number): string {
  return `${measured(100 * share)} %`;
}
