import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { Result } from '../../src/core/result';
import type { EditorState } from '../../src/protocol/editor';
import { Announcer } from '../shared/announcer';
import { plural, t } from '../shared/strings';
import { BlockList } from './blocks/blockList';
import { BlockPanel } from './blockPanel';
import { ModelHeader } from './header/modelHeader';
import type { Host } from './host';
import { useMemory, type Memory } from './memory';
import { NoBlocks } from './noBlocks';
import { ProblemBar } from './problemBar';

export type ReadyState = EditorState & { readonly status: 'ready' };

export interface ModelScreenProps {
  readonly state: ReadyState;
  readonly host: Host;
  readonly memory: Memory;
}

/** An opened model: its header, and its blocks with the branch graph of the chosen one. */
export function ModelScreen({ state, host, memory }: ModelScreenProps): ReactElement {
  const { view, job } = state;
  const [remembered, remember] = useMemory(memory);
  const [problem, setProblem] = useState<string | null>(null);
  const choose = useCallback((id: string) => remember(() => ({ blockId: id })), [remember]);
  useEffect(() => host.onReveal((blockId) => remember(() => ({ blockId, filter: '' }))), [host, remember]);
  const report = (call: Promise<Result<unknown>>): void => {
    setProblem(null);
    void call.then((result) => {
      if (!result.ok && result.problem.code !== 'cancelled') setProblem(result.problem.message);
    });
  };
  const chosen = view.blocks.find((block) => block.id === remembered.blockId) ?? view.blocks[0] ?? null;
  return (
    <div className="screen" aria-busy={job !== null}>
      <Announcer text={announcement(state)} />
      <ModelHeader
        state={state}
        onFuse={() => report(host.rpc.call('fuse', { ids: null }))}
        onVerify={() => report(host.rpc.call('verify', null))}
        onCancel={() => report(host.rpc.call('cancelJob', null))}
      />
      {problem !== null && <ProblemBar text={problem} onDismiss={() => setProblem(null)} />}
      {chosen === null ? (
        <NoBlocks model={view.model} />
      ) : (
        <div className="columns">
          <BlockList
            blocks={view.blocks}
            chosenId={chosen.id}
            remembered={remembered}
            remember={remember}
            onChoose={choose}
          />
          <BlockPanel
            key={chosen.id}
            block={chosen}
            view={view}
            host={host}
            busy={job !== null}
            onFuse={() => report(host.rpc.call('fuse', { ids: [chosen.id] }))}
          />
        </div>
      )}
    </div>
  );
}

function announcement({ job, verdict, view }: ReadyState): string {
  if (job !== null) return `${t(job.kind === 'fuse' ? 'job.fuse' : 'job.verify')}: ${job.label}`;
  if (verdict !== null) return `${t(`verdict.${verdict.verdict}`)}: ${verdict.reason}`;
  return plural('blocks', view.blocks.length);
}
