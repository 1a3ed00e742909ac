import { useMemo, type ReactElement } from 'react';
import type { CompareDetail, ComparePlace } from '../../src/core/view/compare/compareTypes';
import type { CompareSide } from '../../src/protocol/compare';
import { Outline, type RowMark } from '../editor/map/outline';
import type { OutlineRow } from '../editor/map/outlineRows';
import { measured } from '../shared/format';
import { Icon } from '../shared/icon';
import { IconButton } from '../shared/iconButton';
import { LOOK_ICONS } from '../shared/looks';
import { plural, t } from '../shared/strings';
import { lookName } from './compareHeader';
import { endName, type ReadyState, type SeenLink } from './links';
import type { Choice } from './useChoice';

export interface DifferencePanelProps {
  readonly state: ReadyState;
  readonly seen: readonly SeenLink[];
  readonly choice: Choice;
  onReveal(side: CompareSide, id: string): void;
}

/** All differences as a list, and what there is to say of the chosen one. */
export function DifferencePanel({ seen, choice, onReveal }: DifferencePanelProps): ReactElement {
  const { listed, link } = choice;
  const rows = useMemo(() => listed.map((at) => rowOf(at, seen[at] as SeenLink)), [listed, seen]);
  const marks = useMemo(
    () => new Map(listed.map((at) => [String(at), markOf(seen[at] as SeenLink)])),
    [listed, seen],
  );
  const at = link === null ? -1 : listed.indexOf(link);
  const chosen = link === null ? undefined : seen[link];
  return (
    <div className="compare-panel">
      <section className="compare-list" aria-label={t('compare.differences')}>
        <ListTop choice={choice} />
        {rows.length > 0 && (
          <Outline
            {...{ rows, marks }}
            chosen={at < 0 ? null : String(link)}
            label={t('compare.differences')}
            onChoose={(key) => choice.choose(Number(key))}
            onActivate={({ key }) => choice.choose(Number(key))}
          />
        )}
      </section>
      <section className="compare-details" aria-live="polite" data-testid="compare-details">
        {chosen === undefined ? (
          <p className="muted">{t('compare.choose')}</p>
        ) : (
          <Details seen={chosen} onReveal={onReveal} />
        )}
      </section>
    </div>
  );
}

/** What is listed, a search in it, and the way through it. */
function ListTop({ choice }: Pick<DifferencePanelProps, 'choice'>): ReactElement {
  const { listed, link, words } = choice;
  const at = link === null ? -1 : listed.indexOf(link);
  const none = listed.length === 0;
  const count = at < 0 ? listed.length : t('compare.place', { at: at + 1, n: listed.length });
  return (
    <div className="compare-list-top">
      <h2>{t('compare.differences')}</h2>
      <input
        type="search"
        className="filter"
        data-testid="compare-search"
        placeholder={t('map.search')}
        aria-label={t('map.search')}
        value={words}
        onChange={({ target }) => choice.setWords(target.value)}
        onKeyDown={({ key, shiftKey }) => {
          if (key === 'Enter') choice.step(shiftKey ? -1 : 1);
        }}
      />
      <span className="muted" role="status" data-testid="compare-place">
        {none && words.trim() !== '' ? t('map.noMatch') : count}
      </span>
      <IconButton icon="up" label={t('compare.previous')} off={none} onClick={() => choice.step(-1)} />
      <IconButton icon="down" label={t('compare.next')} off={none} onClick={() => choice.step(1)} />
    </div>
  );
}

function rowOf(at: number, { link }: SeenLink): OutlineRow {
  const [left, right] = [endName(link.left), endName(link.right)];
  const [place] = link.left.length > 0 ? link.left : link.right;
  const label = [left, right].filter((name) => name !== '').join(' → ');
  return { key: String(at), label, detail: place?.label ?? '', level: 1, item: null, expanded: null };
}

function markOf({ look }: SeenLink): RowMark {
  return { look, words: lookName(look) };
}

function Details({
  seen,
  onReveal,
}: Pick<DifferencePanelProps, 'onReveal'> & { readonly seen: SeenLink }): ReactElement {
  const { link, look, fault } = seen;
  return (
    <>
      <h2 className="compare-kind" data-look={look}>
        <Icon name={LOOK_ICONS[look]} className={`look-${look}`} />
        {lookName(look)}
      </h2>
      <p>{fault ?? about(look)}</p>
      <dl className="compare-ends">
        {(['left', 'right'] as const).map(
          (side) =>
            link[side].length > 0 && <End key={side} side={side} places={link[side]} onReveal={onReveal} />,
        )}
      </dl>
      {link.details.length > 0 && <DetailTable details={link.details} />}
    </>
  );
}

function about(look: SeenLink['look']): string {
  switch (look) {
    case 'fusable':
    case 'refused':
    case 'fused':
      return '';
    default:
      return t(`compare.about.${look}`);
  }
}

interface EndProps {
  readonly side: CompareSide;
  readonly places: readonly ComparePlace[];
  onReveal(side: CompareSide, id: string): void;
}

/** More places of one end are counted. */
const MOST_PLACES = 6;

function End({ side, places, onReveal }: EndProps): ReactElement {
  const nodes = places.reduce((sum, place) => sum + place.nodes, 0);
  const more = places.length - MOST_PLACES;
  return (
    <div>
      <dt>{t(side === 'left' ? 'compare.left' : 'compare.right')}</dt>
      <dd>
        {places.slice(0, MOST_PLACES).map((place) => (
          <span key={place.key} className="compare-end">
            <strong>{place.kind}</strong> <span className="mono">{place.label}</span>
            {!place.key.includes(':') && (
              <button type="button" className="link" onClick={() => onReveal(side, place.key)}>
                {t('compare.show', { id: place.key })}
              </button>
            )}
          </span>
        ))}
        {more > 0 && <span className="muted">{t('common.moreCount', { n: more })}</span>}
        {nodes > 0 && <span className="muted">{plural('nodes', nodes)}</span>}
      </dd>
    </div>
  );
}

function DetailTable({ details }: { readonly details: readonly CompareDetail[] }): ReactElement {
  return (
    <table className="compare-detail-table" data-testid="compare-detail-table">
      <thead>
        <tr>
          <th scope="col">{t('compare.where')}</th>
          <th scope="col">{t('compare.left')}</th>
          <th scope="col">{t('compare.right')}</th>
        </tr>
      </thead>
      <tbody>
        {details.map((detail, at) => (
          <tr key={at}>
            <th scope="row" className="mono">
              {detail.name === ''
                ? detail.node
                : t('compare.detail', { node: detail.node, name: detail.name })}
            </th>
            {detail.what === 'weights' ? (
              <td colSpan={2}>
                {detail.maxAbs === null
                  ? t('compare.differs')
                  : t('compare.differsBy', { most: measured(detail.maxAbs) })}
              </td>
            ) : (
              <>
                <td className="mono">{detail.left ?? t('compare.absent')}</td>
                <td className="mono">{detail.right ?? t('compare.absent')}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
