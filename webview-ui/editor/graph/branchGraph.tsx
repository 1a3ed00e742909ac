import { ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import { t } from '../../shared/strings';
import { ArrowHead } from './arrowHead';
import { GraphFocusContext } from './graphFocus';
import { HeadingCard } from './headingCard';
import { LaneEdge } from './laneEdge';
import type { PlacedBlock } from './layout';
import { OpCard } from './opCard';
import { STILL } from './still';
import { useDrawing } from './useDrawing';
import { useGraphKeys } from './useGraphKeys';
import { useRoom } from './useRoom';
import { ZoomButtons } from './zoomButtons';

export interface BranchGraphProps {
  readonly block: BlockReport;
  readonly placed: PlacedBlock;
  /** Id of the card whose details are shown. */
  readonly chosen: string | null;
  /** Names of nodes to stand out. */
  readonly highlighted: ReadonlySet<string>;
  onChoose(cardId: string): void;
}

const NODE_TYPES = { card: OpCard, heading: HeadingCard };
const EDGE_TYPES = { lane: LaneEdge };

/** Before and after side by side. It fits the width and is as tall as it needs; nothing moves by itself. */
export function BranchGraph(props: BranchGraphProps): ReactElement {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph({ block, placed, chosen, highlighted, onChoose }: BranchGraphProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const room = useRoom(frame);
  const { items, height, view } = useDrawing(block, placed, room);
  const flow = useReactFlow();
  const [zoomed, setZoomed] = useState(false);
  const fit = (): void => {
    void flow.setViewport(view);
    setZoomed(false);
  };
  useEffect(fit, [flow, view]);
  const keys = useGraphKeys(frame, items.spots, { chosen, highlighted, choose: onChoose });
  const label = block.status === 'fusable' ? 'graph.label' : 'graph.labelRefused';
  return (
    <div
      className="branch-graph"
      data-testid="branch-graph"
      data-block-id={block.id}
      ref={frame}
      onKeyDown={keys.onKeyDown}
    >
      <div className="graph-scroller" style={{ maxHeight: room.height }}>
        <div style={{ height }}>
          <GraphFocusContext value={keys.focus}>
            {room.width > 0 && (
              <ReactFlow
                nodes={items.nodes}
                edges={items.edges}
                nodeTypes={NODE_TYPES}
                edgeTypes={EDGE_TYPES}
                defaultViewport={view}
                aria-label={t(label, { id: block.id })}
                {...STILL}
                panOnDrag={zoomed}
              >
                <ArrowHead />
              </ReactFlow>
            )}
          </GraphFocusContext>
        </div>
      </div>
      <p className="graph-help muted">{t('graph.help')}</p>
      <ZoomButtons
        onZoom={(factor) => {
          setZoomed(true);
          void flow.zoomTo(flow.getZoom() * factor);
        }}
        onFit={fit}
      />
    </div>
  );
}
