import type { ReactElement } from 'react';
import type { SpeedComparison, SpeedReport } from '../../src/core/verify/speed/speedReport';
import { beforeAfterBars, type BarPair } from '../../src/core/view/report/pictures';
import { timing } from '../../src/core/view/report/timing';
import { measured } from '../shared/format';
import { t } from '../shared/strings';
import { Picture } from './picture';
import type { Names } from './runner';

export interface SpeedViewProps {
  readonly speed: SpeedReport;
  readonly names: Names;
  onReveal(blockId: string): void;
}

/** A finished benchmark: whether merging pays, the whole model, each block. */
export function SpeedView({ speed, names, onReveal }: SpeedViewProps): ReactElement {
  const { summary, provider, adapter, input, whole, failure, blocks, hasGpuClock } = speed;
  return (
    <div className="report" data-testid="speed" data-verdict={whole?.verdict ?? 'failed'}>
      <header className="verdict">
        <div>
          <h1 tabIndex={-1}>{t('speed.title')}</h1>
          <p data-testid="speed-summary">{summary}</p>
        </div>
      </header>
      <p className="muted">
        {t('report.pair', { original: names.original, fused: names.fused })}{' '}
        {t(provider === 'webgpu' ? 'report.webgpu' : 'report.wasm')}
        {adapter === null ? '' : `, ${adapter}`}. {input}.{' '}
        {t(hasGpuClock ? 'speed.gpuClock' : 'speed.wallClock')}
      </p>
      {whole === null ? (
        <p>{failure}</p>
      ) : (
        <Picture
          markup={beforeAfterBars([barsOf(t('speed.whole'), whole)], t('speed.whole'))}
          testId="speed-whole"
        />
      )}
      {blocks.length > 0 && <SpeedTable blocks={blocks} onReveal={onReveal} />}
    </div>
  );
}

function SpeedTable({
  blocks,
  onReveal,
}: Pick<SpeedViewProps, 'onReveal'> & Pick<SpeedReport, 'blocks'>): ReactElement {
  return (
    <section>
      <h2 id="speed-blocks">{t('blocks.title')}</h2>
      <div className="scroller" role="region" aria-labelledby="speed-blocks" tabIndex={0}>
        <table data-testid="speed-blocks">
          <thead>
            <tr>
              <th scope="col">{t('report.block')}</th>
              <th scope="col">{t('speed.before')}</th>
              <th scope="col">{t('speed.after')}</th>
              <th scope="col" className="number" title={t('speed.factorHint')}>
                {t('speed.factor')}
              </th>
              <th scope="col">{t('speed.verdict')}</th>
            </tr>
          </thead>
          <tbody>
            {blocks.map(({ id, comparison, failure: why }) => (
              <tr key={id} data-block-id={id} data-verdict={comparison?.verdict ?? 'failed'}>
                <th scope="row">
                  <button
                    type="button"
                    className="link"
                    title={t('report.reveal')}
                    onClick={() => onReveal(id)}
                  >
                    {id}
                  </button>
                </th>
                <Cells comparison={comparison} failure={why} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Cells({
  comparison,
  failure,
}: {
  readonly comparison: SpeedComparison | null;
  readonly failure: string | null;
}): ReactElement {
  if (comparison === null) return <td colSpan={4}>{failure}</td>;
  const { before, after } = comparison.gpu ?? comparison;
  return (
    <>
      <td>{timing(before)}</td>
      <td>{timing(after)}</td>
      <td className="number">{measured(comparison.speedup)}</td>
      <td>{t(`speed.${comparison.verdict}`)}</td>
    </>
  );
}

function barsOf(name: string, comparison: SpeedComparison): BarPair {
  const { before, after } = comparison.gpu ?? comparison;
  return {
    ...{ name, before: before.median, after: after.median },
    beforeText: timing(before),
    afterText: timing(after),
  };
}
