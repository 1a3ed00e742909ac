import { useCallback, useMemo, useState, type ReactElement } from 'react';
import type { MapItem, ModelMap } from '../../../src/core/view/map/mapTypes';
import type { MapMatch } from '../../../src/core/view/map/modelMap';
import { withVerdicts, type ItemVerdict } from '../../../src/core/view/map/verdicts';
import type { ModelView } from '../../../src/core/view/modelView';
import { Icon } from '../../shared/icon';
import { Landmark } from '../../shared/landmark';
import { plural, t } from '../../shared/strings';
import type { Host } from '../host';
import { useAnswer } from '../useAnswer';
import { MapCanvas } from './mapCanvas';
import { keptItems, NO_FILTER, statesOf, type MapFilter } from './mapFilter';
import { itemContext, itemSelection } from './mapMenu';
import { MapToolbar } from './mapToolbar';
import { Outline } from './outline';
import { outlineRows, type OutlineRow } from './outlineRows';
import { useSearch } from './useSearch';

export interface MapViewProps {
  readonly host: Host;
  readonly view: ModelView;
  readonly verdicts: readonly ItemVerdict[];
  /** Goes to a block's branch graph. */
  onBlock(id: string): void;
  /** A block was chosen: the list is to stand there, too. */
  onChooseBlock(id: string): void;
}

/** The whole model: outline on the left, drawing on the right. */
export function MapView({ host, view, verdicts, ...actions }: MapViewProps): ReactElement {
  const [open, setOpen] = useState<readonly string[] | null>(null);
  const answer = useMap(host, view, open);
  if (answer.status === 'failed') {
    return (
      <div className="map-waiting" role="status" data-testid="map-failed">
        <Icon name="warning" className="bad" />
        <span>{answer.problem.message}</span>
      </div>
    );
  }
  if (answer.status === 'loading') {
    return (
      <div className="map-waiting" role="status" data-testid="map-loading">
        {t('map.loading')}
      </div>
    );
  }
  return <DrawnMap read={answer.value} {...{ host, view, verdicts }} onOpen={setOpen} {...actions} />;
}

/** The map for the modules that are open; the last one stays until the next is there. */
function useMap(
  host: Host,
  view: ModelView,
  open: readonly string[] | null,
): ReturnType<typeof useAnswer<ModelMap>> {
  const ask = useCallback(
    (key: string) => host.rpc.call('map', { open: JSON.parse(key) as readonly string[] | null }),
    [host],
  );
  const answer = useAnswer(JSON.stringify(open), ask, view);
  const [last, setLast] = useState(answer);
  if (answer.status !== 'loading' && answer !== last) setLast(answer);
  return answer.status === 'loading' ? last : answer;
}

function landmark({ items }: ModelMap) {
  return {
    className: 'map',
    'aria-label': t('screen.map'),
    'data-testid': 'map',
    'data-items': items.length,
  } as const;
}

interface DrawnMapProps extends MapViewProps {
  readonly read: ModelMap;
  onOpen(modules: readonly string[]): void;
}

function DrawnMap(props: DrawnMapProps): ReactElement {
  const { read, verdicts, host, view, onOpen, onBlock, onChooseBlock } = props;
  const map = useMemo(() => withVerdicts(read, verdicts), [read, verdicts]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [centre, setCentre] = useState<string | null>(null);
  const [filter, setFilter] = useState<MapFilter>(NO_FILTER);
  const kept = useMemo(() => keptItems(map, filter), [map, filter]);
  const rows = useMemo(() => outlineRows(map, kept), [map, kept]);
  const families = useMemo(() => [...new Set(map.items.flatMap(({ family }) => family ?? []))].sort(), [map]);
  const choose = (key: string): void => {
    setChosen(key);
    const selection = itemSelection(key, view.blocks);
    if (selection === null) return;
    if (selection.block !== null) onChooseBlock(selection.block);
    void host.rpc.call('select', selection);
  };
  const contextOf = (key: string): string | null => itemContext(key, view.blocks);
  const goTo = (key: string): void => {
    choose(key);
    setCentre(key);
  };
  const search = useSearch(host, ({ key, modules }: MapMatch) => {
    if (modules.some((module) => !map.open.includes(module))) onOpen([...new Set([...map.open, ...modules])]);
    goTo(key);
  });
  const activate = ({ key, kind }: { readonly key: string; readonly kind: MapItem['kind'] }): void => {
    setChosen(key);
    if (kind === 'module') onOpen(toggled(map.open, key));
    else if (kind === 'block') onBlock(key);
    else setCentre(key);
  };
  const activateRow = ({ key, item }: OutlineRow): void => activate({ key, kind: item?.kind ?? 'module' });
  const shown = map.items.find(({ key }) => key === chosen) ?? null;
  return (
    <Landmark as="main" {...landmark(map)}>
      <MapToolbar
        {...search}
        states={statesOf(map, filter)}
        families={families}
        filter={filter}
        onFilter={setFilter}
      />
      <div className="map-columns">
        <Outline {...{ rows, chosen, contextOf }} onChoose={goTo} onActivate={activateRow} />
        <MapCanvas {...{ map, chosen, kept, centre, contextOf }} onChoose={choose} onOpen={activate} />
      </div>
      <MapFooter map={map} item={shown} fault={faultOf(verdicts, chosen)} onOpen={activate} />
    </Landmark>
  );
}

/** The open modules with one more, or without one and what lies in it. */
function toggled(open: readonly string[], key: string): readonly string[] {
  if (!open.includes(key)) return [...open, key];
  return open.filter((one) => one !== key && !one.startsWith(`${key}/`));
}

interface MapFooterProps {
  readonly map: ModelMap;
  readonly item: MapItem | null;
  /** What a verification found to be wrong with it. */
  readonly fault: string | null;
  onOpen(item: MapItem): void;
}

function faultOf(verdicts: readonly ItemVerdict[], key: string | null): string | null {
  return verdicts.find((verdict) => verdict.key === key)?.sentence ?? null;
}

/** What is chosen and what one can do with it; before that, what is drawn. */
function MapFooter({ map, item, fault, onOpen }: MapFooterProps): ReactElement {
  if (item === null) {
    return (
      <p className="map-footer muted">
        {plural('map.items', map.items.length)}
        {map.items.some(({ kind }) => kind === 'module') && ` ${t('map.openHint')}`}
        {map.constants > 0 && ` ${plural('map.constants', map.constants)}`}
      </p>
    );
  }
  const canOpen = item.kind === 'module' || item.kind === 'block';
  return (
    <div className="map-footer" data-testid="map-chosen">
      <strong>{item.label}</strong>
      <span className="muted">
        {item.kind === 'module' ? '' : item.detail}
        {item.nodes > 1 ? ` ${plural('nodes', item.nodes)}` : ''}
        {item.state === null ? '' : ` ${t(`map.state.${item.state}`)}`}
      </span>
      {fault !== null && <span className="map-fault">{fault}</span>}
      {canOpen && (
        <button type="button" className="button" onClick={() => onOpen(item)}>
          {t(item.kind === 'block' ? 'map.showBlock' : 'map.openModule')}
        </button>
      )}
    </div>
  );
}
