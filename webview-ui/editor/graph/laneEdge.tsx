import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react';
import { memo, type ReactElement } from 'react';

export type LaneEdgeType = Edge<{ readonly path: string }, 'lane'>;

/** A tensor on its way down; the path comes from the layout. */
export const LaneEdge = memo(function LaneEdge({ id, data }: EdgeProps<LaneEdgeType>): ReactElement {
  return <BaseEdge id={id} path={data?.path ?? ''} markerEnd="url(#lane-arrow)" />;
});
