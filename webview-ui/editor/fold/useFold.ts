import { useCallback, useEffect, useState } from 'react';
import type { Result } from '../../../src/core/result';
import type { FoldPair, KernelFold } from '../../../src/core/view/foldTypes';
import { t } from '../../shared/strings';
import type { Host } from '../host';
import { useAnswer, type Answer } from '../useAnswer';

/** The fold of a block, asked for once `wanted`; the call is cancelled when another block is chosen. */
export function useFold(host: Host, id: string, wanted: boolean, source: unknown): Answer<KernelFold> {
  const ask = useCallback(
    async (of: string, signal: AbortSignal): Promise<Result<KernelFold>> =>
      present(await host.rpc.call('fold', { id: of }, { signal })),
    [host],
  );
  return useAnswer(wanted ? id : null, ask, source);
}

export interface ChannelPair {
  readonly out: number;
  readonly input: number;
}

/** The numbers of one pair of channels; those of the pair before stay until they are there. */
export function useFoldPair(
  host: Host,
  id: string,
  pair: ChannelPair | null,
  source: unknown,
): { readonly pair: FoldPair | null; readonly problem: string | null } {
  const ask = useCallback(
    async (key: string, signal: AbortSignal): Promise<Result<FoldPair>> => {
      const [out = 0, input = 0] = key.split(' ').map(Number);
      return present(await host.rpc.call('foldPair', { id, out, input }, { signal }));
    },
    [host, id],
  );
  const answer = useAnswer(pair === null ? null : `${pair.out} ${pair.input}`, ask, source);
  const [shown, setShown] = useState<FoldPair | null>(null);
  useEffect(() => {
    if (answer.status === 'done') setShown(answer.value);
  }, [answer]);
  return { pair: shown, problem: answer.status === 'failed' ? answer.problem.message : null };
}

function present<T>(result: Result<T | null>): Result<T> {
  if (!result.ok) return result;
  const { value } = result;
  return value === null
    ? { ok: false, problem: { code: 'not-found', message: t('graph.missing') } }
    : { ok: true, value };
}
