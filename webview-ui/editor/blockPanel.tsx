import { useCallback, useState, type ReactElement } from 'react';
import type { Vertex } from '../../src/core/view/blockGraph';
import type { KernelFold } from '../../src/core/view/foldTypes';
import type { BlockReport } from '../../src/core/view/inspectReport';
import type { ItemVerdict } from '../../src/core/view/map/verdicts';
import type { ModelView } from '../../src/core/view/modelView';
import { Landmark } from '../shared/landmark';
import { BlockHeading } from './blockHeading';
import { AssumptionList } from '../shared/assumptionList';
import { DrawingTabs, type Drawing } from './fold/drawingTabs';
import { canFold, FoldArea } from './fold/foldArea';
import { useFold } from './fold/useFold';
import { cardId } from './graph/flowItems';
import { GraphArea } from './graphArea';
import type { Host } from './host';
import { blockContext } from './menuContext';
import { BranchList } from './inspector/branchList';
import { CostTable } from './inspector/costTable';
import { NodePanel, type Chosen } from './inspector/nodePanel';
import { RefusalNote } from './inspector/refusalNote';
import { TransformList } from './inspector/transformList';
import type { Answer } from './useAnswer';
import { usePlacedBlock } from './usePlacedBlock';

export interface BlockPanelProps {
  readonly block: BlockReport;
  readonly verdict: ItemVerdict | null;
  readonly view: ModelView;
  readonly host: Host;
  readonly busy: boolean;
  readonly drawing: Drawing;
  onDrawing(drawing: Drawing): void;
  onFuse(): void;
  /** Says what a checkpoint does not hold of this block; null where nobody can be asked. */
  readonly onAssumptions: (() => void) | null;
}

const NO_NODES: ReadonlySet<string> = new Set();

/** The chosen block: its branch graph or its fold, and the inspector under it. */
export function BlockPanel({ block, verdict, view, host, busy, ...more }: BlockPanelProps): ReactElement {
  const { onFuse, onAssumptions, ...tabs } = more;
  const placed = usePlacedBlock(host, block, view);
  const fold = useFold(host, block.id, tabs.drawing === 'fold' && canFold(block), view);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [pointedAt, setPointedAt] = useState(NO_NODES);
  const chooseNode = (name: string): void => {
    setChosen({ card: cardId('before', name), node: name, vertex: null });
    void host.rpc.call('select', { block: block.id, node: name });
  };
  const cards = placed.status === 'done' ? placed.value.cards : null;
  const chooseCard = useChooseCard(cards, host, block.id, setChosen);
  const node = chosen?.node ?? null;
  const common = { block, highlighted: pointedAt };
  const list = { onChoose: chooseNode, onPoint: setPointedAt };
  return (
    <Landmark as="main" className="block-panel" aria-label={`${block.id} ${block.family}`}>
      <BlockHeading {...{ block, verdict, busy }} onFuse={host.offers.fuse ? onFuse : null} />
      {block.refusal !== null && <RefusalNote {...{ refusal: block.refusal, ...list, onAssumptions }} />}
      <DrawingTabs {...tabs} />
      <div
        role="tabpanel"
        id="drawing"
        className="drawing"
        aria-labelledby={`tab-${tabs.drawing}`}
        data-vscode-context={blockContext(block)}
      >
        {tabs.drawing === 'fold' ? (
          <FoldArea {...common} answer={fold} host={host} chosen={node} onChoose={chooseNode} />
        ) : (
          <GraphArea {...common} answer={placed} chosen={chosen?.card ?? null} onChoose={chooseCard} />
        )}
      </div>
      <div className="inspector">
        <div className="inspector-block">
          <CostTable block={block} />
          <BranchList branches={withShares(block, fold)} chosen={node} {...list} />
          <TransformList transforms={block.transforms} />
          <AssumptionList
            assumptions={view.checkpoint?.assumptions ?? []}
            block={block.modulePath}
            onChange={onAssumptions}
          />
        </div>
        <NodePanel chosen={chosen} block={block} host={host} view={view} />
      </div>
    </Landmark>
  );
}

/** Chooses a card of the graph, and its node where it has one. */
function useChooseCard(
  cards: ReadonlyMap<string, Vertex> | null,
  host: Host,
  block: string,
  onChosen: (chosen: Chosen) => void,
): (card: string) => void {
  return useCallback(
    (card: string) => {
      const vertex = cards?.get(card) ?? null;
      onChosen({ card, node: vertex?.node ?? null, vertex });
      if (vertex?.node) void host.rpc.call('select', { block, node: vertex.node });
    },
    [cards, host, block, onChosen],
  );
}

/** The branches with what each gives to the merged kernel, once that is known. */
function withShares({ branches }: BlockReport, fold: Answer<KernelFold>): BlockReport['branches'] {
  if (fold.status !== 'done') return branches;
  return branches.map((branch, index) => {
    const known = fold.value.branches[index];
    return known === undefined ? branch : { ...branch, share: known.share, dead: known.dead };
  });
}
