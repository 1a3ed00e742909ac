import type { ReactElement } from 'react';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import { amount, exact, percentChange } from '../../shared/format';
import { Landmark } from '../../shared/landmark';
import { t } from '../../shared/strings';

/** Nodes, parameters and MACs before → after, each with a bar. A refused block has no after. */
export function CostTable({ block }: { readonly block: BlockReport }): ReactElement {
  const { before, after, status } = block;
  const fused = status === 'fusable';
  return (
    <Landmark as="section" aria-label={t('inspector.cost')}>
      <table className="cost" data-testid="cost">
        <thead>
          <tr>
            <th scope="col">{t('inspector.cost')}</th>
            <th scope="col" className="number">
              {t('common.before')}
            </th>
            {fused && (
              <>
                <th scope="col" className="number">
                  {t('common.after')}
                </th>
                <th scope="col" className="number">
                  {t('common.change')}
                </th>
                <td aria-hidden="true" />
              </>
            )}
          </tr>
        </thead>
        <tbody>
          <Row
            title={t('inspector.nodes')}
            id="nodes"
            before={before.nodes}
            after={fused ? after.nodes : null}
          />
          <Row
            title={t('inspector.parameters')}
            id="params"
            before={before.params}
            after={fused ? after.params : null}
          />
          <MacsRow block={block} />
        </tbody>
      </table>
    </Landmark>
  );
}

function MacsRow({ block: { before, after, status } }: { readonly block: BlockReport }): ReactElement {
  const title = t('inspector.macs');
  if (before.macs !== null)
    return (
      <Row title={title} id="macs" before={before.macs} after={status === 'fusable' ? after.macs : null} />
    );
  return (
    <tr data-row="macs">
      <th scope="row">{title}</th>
      <td className="number muted" title={t('inspector.unknownMacsHint')}>
        {t('inspector.unknownMacs')}
      </td>
      {status === 'fusable' && <td colSpan={3} />}
    </tr>
  );
}

interface RowProps {
  readonly title: string;
  readonly id: string;
  readonly before: number;
  readonly after: number | null;
}

function Row({ title, id, before, after }: RowProps): ReactElement {
  return (
    <tr data-row={id}>
      <th scope="row">{title}</th>
      <td className="number" title={exact(before)}>
        {amount(before)}
      </td>
      {after !== null && (
        <>
          <td className="number" title={exact(after)}>
            <strong>{amount(after)}</strong>
          </td>
          <td className="number">{percentChange({ before, after }) ?? '±0'}</td>
          <td className="bar-cell" aria-hidden="true">
            <div className="bar old" style={{ width: width(before, Math.max(before, after)) }} />
            <div className="bar new" style={{ width: width(after, Math.max(before, after)) }} />
          </td>
        </>
      )}
    </tr>
  );
}

function width(value: number, most: number): string {
  return most === 0 ? '0' : `${(100 * value) / most}%`;
}
