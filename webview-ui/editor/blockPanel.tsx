import { useCallback, useState, type ReactElement } from 'react';
import type { BlockReport } from '../../src/core/view/inspectReport';
import type { ModelView } from '../../src/core/view/modelView';
import { BlockHeading } from './blockHeading';
import { cardId } from './graph/flowItems';
import { GraphArea } from './graphArea';
import type { Host } from './host';
import { BranchList } from './inspector/branchList';
import { CostTable } from './inspector/costTable';
import { NodePanel, type Chosen } from './inspector/nodePanel';
import { RefusalNote } from './inspector/refusalNote';
import { TransformList } from './inspector/transformList';
import { usePlacedBlock } from './usePlacedBlock';

export interface BlockPanelProps {
  readonly block: BlockReport;
  readonly view: ModelView;
  readonly host: Host;
  readonly busy: boolean;
  onFuse(): void;
}

const NO_NODES: ReadonlySet<string> = new Set();

/** The chosen block: its branch graph, and the inspector under it. */
export function BlockPanel({ block, view, host, busy, onFuse }: BlockPanelProps): ReactElement {
  const drawing = usePlacedBlock(host, block, view);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [pointedAt, setPointedAt] = useState(NO_NODES);
  const chooseNode = (name: string): void =>
    setChosen({ card: cardId('before', name), node: name, vertex: null });
  const cards = drawing.status === 'done' ? drawing.value.cards : null;
  const chooseCard = useCallback(
    (card: string) => {
      const vertex = cards?.get(card) ?? null;
      setChosen({ card, node: vertex?.node ?? null, vertex });
    },
    [cards],
  );
  const list = { onChoose: chooseNode, onPoint: setPointedAt };
  return (
    <main className="block-panel" aria-label={`${block.id} ${block.family}`}>
      <BlockHeading block={block} busy={busy} onFuse={onFuse} />
      {block.refusal !== null && <RefusalNote refusal={block.refusal} {...list} />}
      <GraphArea
        block={block}
        answer={drawing}
        chosen={chosen?.card ?? null}
        highlighted={pointedAt}
        onChoose={chooseCard}
      />
      <div className="inspector">
        <div className="inspector-block">
          <CostTable block={block} />
          <BranchList branches={block.branches} chosen={chosen?.node ?? null} {...list} />
          <TransformList transforms={block.transforms} />
        </div>
        <NodePanel chosen={chosen} block={block} host={host} view={view} />
      </div>
    </main>
  );
}
