import { ReactFlow, ReactFlowProvider } from '@xyflow/react';
import { useRef, type ReactElement } from 'react';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import { t } from '../../shared/strings';
import { ArrowHead } from './arrowHead';
import { GraphFocusContext } from './graphFocus';
import { HeadingCard } from './headingCard';
import { LaneEdge } from './laneEdge';
import type { PlacedBlock } from './layout';
import { OpCard } from './opCard';
import { STILL } from './still';
import { useDrawing, type Drawing } from './useDrawing';
import { useGraphKeys } from './useGraphKeys';
import { useRoom } from './useRoom';
import { useZoom } from './useZoom';
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
  const drawing = useDrawing(block, placed, room);
  const keys = useGraphKeys(frame, drawing.items.spots, { chosen, highlighted, choose: onChoose });
  const { zoomed, zoom, fit } = useZoom(drawing.view);
  return (
    <div
      className="branch-graph"
      data-testid="branch-graph"
      data-block-id={block.id}
      ref={frame}
      onKeyDown={keys.onKeyDown}
    >
      <div className="graph-scroller" style={{ height: drawing.frameHeight }}>
        <div style={{ height: drawing.height }}>
          <GraphFocusContext value={keys.focus}>
            {room.width > 0 && <Flow block={block} drawing={drawing} zoomed={zoomed} />}
          </GraphFocusContext>
        </div>
      </div>
      <p className="graph-help muted">{t('graph.help')}</p>
      <ZoomButtons onZoom={zoom} onFit={fit} />
    </div>
  );
}

interface FlowProps {
  readonly block: BlockReport;
  readonly drawing: Drawing;
  /** A person has zoomed: it may be dragged about. */
  readonly zoomed: boolean;
}

function Flow({ block, drawing, zoomed }: FlowProps): ReactElement {
  const label = block.status === 'fusable' ? 'graph.label' : 'graph.labelRefused';
  return (
    <ReactFlow
      nodes={drawing.items.nodes}
      edges={drawing.items.edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      defaultViewport={drawing.view}
      aria-label={t(label, { id: block.id })}
      {...STILL}
      panOnDrag={zoomed}
    >
      <ArrowHead />
    </ReactFlow>
  );
}
