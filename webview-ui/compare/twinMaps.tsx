import { useEffect, useMemo, type ReactElement } from 'react';
import type { MapItem, ModelMap } from '../../src/core/view/map/mapTypes';
import type { CompareSide } from '../../src/protocol/compare';
import { MapCanvas } from '../editor/map/mapCanvas';
import { Outline, type RowMark } from '../editor/map/outline';
import { outlineRows, type OutlineRow } from '../editor/map/outlineRows';
import { t } from '../shared/strings';
import { lookName } from './compareHeader';
import { LinkLayer } from './linkLayer';
import { endName, type DrawnLinks, type ReadyState, type SeenLink } from './links';
import type { Choice } from './useChoice';
import type { SideMap } from './useMaps';
import { useTwins, type Twins } from './useTwins';

export interface TwinMapsProps {
  readonly state: ReadyState;
  readonly seen: readonly SeenLink[];
  readonly maps: Readonly<Record<CompareSide, ModelMap>>;
  readonly links: DrawnLinks;
  readonly choice: Choice;
  /** Whether one map moves with the other. */
  readonly together: boolean;
  readonly sides: Readonly<Record<CompareSide, SideMap>>;
}

/** Both maps with their outlines outside and the links between. */
export function TwinMaps(props: TwinMapsProps): ReactElement {
  const { maps, links, choice, together } = props;
  const twins = useTwins(maps, links.pairs, together);
  const { keys, wish } = choice;
  const isLaidOut = twins.views.left.width > 0 && twins.views.right.width > 0;
  useEffect(() => {
    if (wish === 0 || !isLaidOut) return;
    if (keys.left !== null) twins.show('left', keys.left);
    if (keys.right !== null && (keys.left === null || !together)) twins.show('right', keys.right);
    // only a new wish moves the maps, and the first one waits for them to have a size
  }, [wish, isLaidOut]);
  return (
    <div className="compare-maps">
      <Side {...props} side="left" twins={twins} />
      <div aria-hidden="true" />
      <Side {...props} side="right" twins={twins} />
      <div className="compare-overlay">
        <LinkLayer
          {...{ maps }}
          pairs={links.pairs}
          cameras={twins.cameras}
          views={twins.views}
          chosen={keys}
        />
      </div>
    </div>
  );
}

interface SideProps extends TwinMapsProps {
  readonly side: CompareSide;
  readonly twins: Twins;
}

function Side({ state, seen, maps, links, choice, sides, side, twins }: SideProps): ReactElement {
  const map = maps[side];
  const rows = useMemo(() => outlineRows(map, null), [map]);
  const marks = useMemo(() => rowMarks(state, seen, links, side), [state, seen, links, side]);
  const looks = links.looks[side];
  const toggle = (key: string): void => {
    const open = map.open.includes(key)
      ? map.open.filter((one) => one !== key && !one.startsWith(`${key}/`))
      : [...map.open, key];
    sides[side].onOpen(open);
  };
  const activate = ({ key, kind }: Pick<MapItem, 'key' | 'kind'>): void => {
    if (kind === 'module') toggle(key);
    else choice.chooseItem(side, key, true);
  };
  const outline = (
    <div className="compare-outline">
      <Outline
        {...{ rows, marks }}
        chosen={choice.keys[side]}
        label={t('compare.outline', { file: state[side] })}
        onChoose={(key) => choice.chooseItem(side, key, true)}
        onActivate={({ key, item }: OutlineRow) => activate({ key, kind: item?.kind ?? 'module' })}
      />
    </div>
  );
  return (
    <section className={`compare-side ${side}`} aria-label={state[side]} data-testid={`side-${side}`}>
      {side === 'left' && outline}
      <MapCanvas
        map={map}
        chosen={choice.keys[side]}
        kept={null}
        centre={null}
        marks={looks}
        control={twins.control[side]}
        onChoose={(key) => choice.chooseItem(side, key, false)}
        onOpen={activate}
      />
      {side === 'right' && outline}
    </section>
  );
}

/** "Merged, matched with Conv in deploy.onnx", for each item that is drawn. */
function rowMarks(
  state: ReadyState,
  seen: readonly SeenLink[],
  links: DrawnLinks,
  side: CompareSide,
): ReadonlyMap<string, RowMark> {
  const other = side === 'left' ? 'right' : 'left';
  const marks = new Map<string, RowMark>();
  for (const [key, of] of links.of[side]) {
    const look = links.looks[side].get(key) ?? null;
    const [first] = of;
    const link = first === undefined ? undefined : seen[first]?.link;
    if (look === null || link === undefined) continue;
    const partner = endName(link[other]);
    const where =
      partner === ''
        ? t('compare.only', { file: state[side] })
        : t('compare.matched', { name: partner, file: state[other] });
    marks.set(key, { look, words: `${lookName(look)}, ${where}` });
  }
  return marks;
}
