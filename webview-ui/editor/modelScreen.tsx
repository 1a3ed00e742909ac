import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import type { Result } from '../../src/core/result';
import type { ItemVerdict } from '../../src/core/view/map/verdicts';
import type { ModelView } from '../../src/core/view/modelView';
import type { EditorState } from '../../src/protocol/editor';
import { Announcer } from '../shared/announcer';
import { plural, t } from '../shared/strings';
import { BlockList } from './blocks/blockList';
import { BlockPanel } from './blockPanel';
import { NoKnownBlocks } from './checkpoint/noKnownBlocks';
import { ModelHeader } from './header/modelHeader';
import type { Host } from './host';
import { MapView } from './map/mapView';
import { useMemory, type Memory, type Remember, type Remembered } from './memory';
import { NoBlocks } from './noBlocks';
import { ProblemBar } from './problemBar';
import { ScreenTabs } from './screenTabs';

export type ReadyState = EditorState & { readonly status: 'ready' };

export interface ModelScreenProps {
  readonly state: ReadyState;
  readonly host: Host;
  readonly memory: Memory;
}

/** An opened model: its header, and its blocks one by one or the map of all of it. */
export function ModelScreen({ state, host, memory }: ModelScreenProps): ReactElement {
  const { view, job, verdicts } = state;
  const [remembered, remember] = useMemory(memory);
  const [problem, setProblem] = useState<string | null>(null);
  const showBlock = useCallback(
    (blockId: string) => remember(() => ({ blockId, filter: '', screen: 'blocks' })),
    [remember],
  );
  useEffect(() => host.onReveal(showBlock), [host, showBlock]);
  const report = (call: Promise<Result<unknown>>): void => {
    setProblem(null);
    void call.then((result) => {
      if (!result.ok && result.problem.code !== 'cancelled') setProblem(result.problem.message);
    });
  };
  const change = (block: string | null): void => report(host.rpc.call('setAssumptions', { block }));
  const fuse = (ids: readonly string[] | null): void => report(host.rpc.call('fuse', { ids }));
  return (
    <div className="screen" aria-busy={job !== null}>
      <Announcer text={announcement(state)} />
      <ModelHeader
        state={state}
        offers={host.offers}
        onFuse={() => fuse(null)}
        onVerify={() => report(host.rpc.call('verify', null))}
        onCancel={() => report(host.rpc.call('cancelJob', null))}
        onShapes={() => report(host.rpc.call('setShapes', null))}
        onAssumptions={() => change(null)}
      />
      {problem !== null && <ProblemBar text={problem} onDismiss={() => setProblem(null)} />}
      {hasMap(view) && (
        <ScreenTabs screen={remembered.screen} onScreen={(screen) => remember(() => ({ screen }))} />
      )}
      {hasMap(view) && remembered.screen === 'map' ? (
        <MapView
          {...{ host, view, verdicts }}
          onBlock={showBlock}
          onChooseBlock={(blockId) => remember(() => ({ blockId }))}
        />
      ) : (
        <BlocksScreen
          {...{ view, host, verdicts, remembered, remember }}
          busy={job !== null}
          onFuse={(id) => fuse([id])}
          onAssumptions={host.offers.assumptions ? change : null}
        />
      )}
    </div>
  );
}

interface BlocksScreenProps {
  readonly view: ModelView;
  readonly verdicts: readonly ItemVerdict[];
  readonly host: Host;
  readonly remembered: Remembered;
  readonly remember: Remember;
  readonly busy: boolean;
  onFuse(id: string): void;
  /** null where nobody can be asked. */
  readonly onAssumptions: ((block: string) => void) | null;
}

/** The blocks by module, and the chosen one. */
function BlocksScreen(props: BlocksScreenProps): ReactElement {
  const { view, host, verdicts, remembered, remember, busy, onFuse, onAssumptions } = props;
  const known = useMemo(() => new Map(verdicts.map((verdict) => [verdict.key, verdict])), [verdicts]);
  const choose = useCallback(
    (blockId: string) => {
      remember(() => ({ blockId }));
      void host.rpc.call('select', { block: blockId, node: null });
    },
    [remember, host],
  );
  const chosen = view.blocks.find((block) => block.id === remembered.blockId) ?? view.blocks[0];
  if (chosen === undefined)
    return view.checkpoint === undefined ? <NoBlocks model={view.model} /> : <NoKnownBlocks view={view} />;
  return (
    <div className="columns">
      <BlockList
        blocks={view.blocks}
        verdicts={known}
        chosenId={chosen.id}
        remembered={remembered}
        remember={remember}
        onChoose={choose}
      />
      <BlockPanel
        key={chosen.id}
        block={chosen}
        verdict={known.get(chosen.id) ?? null}
        view={view}
        host={host}
        busy={busy}
        drawing={remembered.drawing}
        onDrawing={(drawing) => remember(() => ({ drawing }))}
        onFuse={() => onFuse(chosen.id)}
        onAssumptions={onAssumptions === null ? null : () => onAssumptions(chosen.modulePath)}
      />
    </div>
  );
}

/** The blocks of a checkpoint hang together nowhere. */
function hasMap({ checkpoint }: ModelView): boolean {
  return checkpoint === undefined;
}

function announcement({ job, verdict, view }: ReadyState): string {
  if (job !== null) return `${t(job.kind === 'fuse' ? 'job.fuse' : 'job.verify')}: ${job.label}`;
  if (verdict !== null) return `${t(`verdict.${verdict.verdict}`)}: ${verdict.reason}`;
  return plural('blocks', view.blocks.length);
}
