import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { ModelMap } from '../../src/core/view/map/mapTypes';
import type { CompareSide } from '../../src/protocol/compare';
import { Icon } from '../shared/icon';
import { t } from '../shared/strings';
import { CompareHeader } from './compareHeader';
import type { CompareHost } from './compareHost';
import { DifferencePanel } from './differencePanel';
import { drawnLinks, seenLinks, type ReadyState, type SeenLink } from './links';
import { TwinMaps } from './twinMaps';
import { useChoice } from './useChoice';
import { useSideMap, type SideMap } from './useMaps';

export interface CompareScreenProps {
  readonly state: ReadyState;
  readonly host: CompareHost;
}

/** Two models that were compared: what differs, and both maps with what corresponds linked. */
export function CompareScreen({ state, host }: CompareScreenProps): ReactElement {
  const seen = useMemo(() => seenLinks(state), [state]);
  const sides = { left: useSideMap(host, 'left', state.view), right: useSideMap(host, 'right', state.view) };
  const [left, right] = [sides.left.answer, sides.right.answer];
  const problem = [left, right].find((one) => one.status === 'failed');
  if (problem?.status === 'failed') {
    return (
      <div className="map-waiting" role="status" data-testid="map-failed">
        <Icon name="warning" className="bad" />
        <span>{problem.problem.message}</span>
        <button type="button" className="button" onClick={() => void host.rpc.call('reload', null)}>
          <Icon name="reload" />
          {t('common.reload')}
        </button>
      </div>
    );
  }
  if (left.status !== 'done' || right.status !== 'done') {
    return (
      <div className="map-waiting" role="status">
        {t('map.loading')}
      </div>
    );
  }
  return <Drawn {...{ state, host, seen, sides }} left={left.value} right={right.value} />;
}

interface DrawnProps extends CompareScreenProps {
  readonly seen: readonly SeenLink[];
  readonly sides: Readonly<Record<CompareSide, SideMap>>;
  readonly left: ModelMap;
  readonly right: ModelMap;
}

function Drawn({ state, host, seen, sides, left, right }: DrawnProps): ReactElement {
  const maps = useMemo(() => ({ left, right }), [left, right]);
  const links = useMemo(() => drawnLinks(seen, maps), [seen, maps]);
  const choice = useChoice(seen, links);
  const [together, setTogether] = useState(true);
  const { step } = choice;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'F7') return;
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [step]);
  return (
    <main className="compare" data-testid="compare" data-links={seen.length}>
      <CompareHeader
        {...{ state, seen }}
        filter={choice.filter}
        together={together}
        onFilter={choice.setFilter}
        onTogether={setTogether}
        onExplain={() => void host.rpc.call('explain', null)}
      />
      <TwinMaps {...{ state, seen, maps, links, choice, sides, together }} />
      <DifferencePanel
        {...{ state, seen, choice }}
        onReveal={(side, id) => void host.rpc.call('reveal', { side, id })}
      />
    </main>
  );
}
