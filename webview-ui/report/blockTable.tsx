import { Fragment, type ReactElement } from 'react';
import type { BlockComparison, Fault } from '../../src/core/verify/report';
import { measured } from '../shared/format';
import { Icon } from '../shared/icon';
import { t, tOr } from '../shared/strings';
import { verdictLook } from '../shared/verdictLook';
import { errorMapPicture } from '../../src/core/view/report/pictures';
import { Picture } from './picture';
import { RatioBar } from './ratioBar';
import { RatioScale } from './ratioScale';
import { worstBlocks } from '../../src/core/view/report/worstFirst';

export interface BlockTableProps {
  readonly blocks: readonly BlockComparison[];
  /** null: there is nothing to show a block in. */
  readonly onReveal: ((blockId: string) => void) | null;
}

/** Each block by itself, with what is wrong with it. */
export function BlockTable({ blocks, onReveal }: BlockTableProps): ReactElement {
  return (
    <section>
      <h2 id="blocks-title">{t('blocks.title')}</h2>
      <div className="scroller" role="region" aria-labelledby="blocks-title" tabIndex={0}>
        <table data-testid="blocks">
          <thead>
            <tr>
              <th scope="col">{t('report.block')}</th>
              <th scope="col">{t('report.verdict')}</th>
              <th scope="col" className="number" title={t('report.ratioHint')}>
                {t('report.ratio')}
              </th>
              <td aria-hidden="true">
                <RatioScale />
              </td>
              <th scope="col">{t('report.scope')}</th>
            </tr>
          </thead>
          <tbody>
            {worstBlocks(blocks).map((block) => (
              <BlockRows key={block.id} block={block} onReveal={onReveal} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function BlockRows({
  block,
  onReveal,
}: {
  readonly block: BlockComparison;
  readonly onReveal: BlockTableProps['onReveal'];
}): ReactElement {
  const { id, verdict, ratio, scope, faults, errorMap } = block;
  const { icon, tone } = verdictLook(verdict);
  return (
    <Fragment>
      <tr data-block-id={id} data-verdict={verdict} className={faults.length > 0 ? 'with-faults' : ''}>
        <th scope="row">
          <BlockId id={id} onReveal={onReveal} />
        </th>
        <td>
          <span className="with-icon">
            <Icon name={icon} className={tone} />
            {t(`verdict.${verdict}`)}
          </span>
        </td>
        <td className="number">{ratio === null ? '–' : measured(ratio)}</td>
        <td className="ratio-cell">{ratio !== null && <RatioBar ratio={ratio} />}</td>
        <td className="scope">{scope}</td>
      </tr>
      {faults.map((fault, index) => (
        <tr
          key={`${index} ${fault.kind}`}
          className={index < faults.length - 1 ? 'fault with-faults' : 'fault'}
        >
          <td />
          <td colSpan={4}>
            <FaultNote fault={fault} />
          </td>
        </tr>
      ))}
      {errorMap !== undefined && (
        <tr className="fault">
          <td />
          <td colSpan={4}>
            <Picture markup={errorMapPicture(errorMap, t('report.errorMap', { id }))} testId="error-map" />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function BlockId({
  id,
  onReveal,
}: Pick<BlockTableProps, 'onReveal'> & { readonly id: string }): ReactElement | string {
  if (onReveal === null) return id;
  return (
    <button type="button" className="link" title={t('report.reveal')} onClick={() => onReveal(id)}>
      {id}
    </button>
  );
}

function FaultNote({ fault }: { readonly fault: Fault }): ReactElement {
  return (
    <div data-testid="fault" data-kind={fault.kind}>
      <p>
        <strong>{tOr(`fault.${fault.kind}`, fault.kind)}</strong>{' '}
        <span className="muted">{t('report.share', { percent: Math.round(100 * fault.share) })}</span>
      </p>
      <p>{fault.message}</p>
      {fault.nodes.length > 0 && <p className="mono muted">{fault.nodes.join(', ')}</p>}
    </div>
  );
}
