import { useCallback } from 'react';
import type { Vertex } from '../../src/core/view/blockGraph';
import type { BlockReport } from '../../src/core/view/inspectReport';
import type { ModelView } from '../../src/core/view/modelView';
import type { Result } from '../../src/core/result';
import { t } from '../shared/strings';
import { cardId } from './graph/flowItems';
import { layoutBlock, type PlacedBlock } from './graph/layout';
import type { Host } from './host';
import { useAnswer, type Answer } from './useAnswer';

export interface BlockDrawing {
  readonly placed: PlacedBlock;
  /** By the card's id. */
  readonly cards: ReadonlyMap<string, Vertex>;
}

/** The branch graph of a block, fetched and laid out. */
export function usePlacedBlock(host: Host, block: BlockReport, view: ModelView): Answer<BlockDrawing> {
  const ask = useCallback(
    async (id: string, signal: AbortSignal): Promise<Result<BlockDrawing>> => {
      const graph = await host.rpc.call('blockGraph', { id }, { signal });
      if (!graph.ok) return graph;
      if (graph.value === null)
        return { ok: false, problem: { code: 'not-found', message: t('graph.missing') } };
      const placed = await layoutBlock(graph.value, block.branches);
      return { ok: true, value: { placed, cards: cardsOf(placed) } };
    },
    [host, block],
  );
  return useAnswer(block.id, ask, view);
}

function cardsOf({ before, after }: PlacedBlock): ReadonlyMap<string, Vertex> {
  const cards = new Map<string, Vertex>();
  for (const { vertex } of before.cards) cards.set(cardId('before', vertex.id), vertex);
  for (const { vertex } of after?.cards ?? []) cards.set(cardId('after', vertex.id), vertex);
  return cards;
}
