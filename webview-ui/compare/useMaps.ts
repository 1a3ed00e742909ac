import { useCallback, useState } from 'react';
import type { ModelMap } from '../../src/core/view/map/mapTypes';
import type { CompareView } from '../../src/core/view/compare/compareTypes';
import type { CompareSide } from '../../src/protocol/compare';
import { useAnswer, type Answer } from '../editor/useAnswer';
import type { CompareHost } from './compareHost';

export interface SideMap {
  readonly answer: Answer<ModelMap>;
  onOpen(modules: readonly string[]): void;
}

/** The map of one side with the modules that are open; the last one stays until the next is there. */
export function useSideMap(host: CompareHost, side: CompareSide, view: CompareView): SideMap {
  const [open, setOpen] = useState<readonly string[] | null>(null);
  const ask = useCallback(
    (key: string) => host.rpc.call('map', { side, open: JSON.parse(key) as readonly string[] | null }),
    [host, side],
  );
  const answer = useAnswer(JSON.stringify(open), ask, view);
  const [last, setLast] = useState(answer);
  if (answer.status !== 'loading' && answer !== last) setLast(answer);
  return { answer: answer.status === 'loading' ? last : answer, onOpen: setOpen };
}
