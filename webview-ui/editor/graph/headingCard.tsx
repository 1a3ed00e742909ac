import type { Node, NodeProps } from '@xyflow/react';
import { memo, type ReactElement } from 'react';

export type HeadingNode = Node<{ readonly title: string; readonly detail: string }, 'heading'>;

/** "Before  7 nodes", over its graph. */
export const HeadingCard = memo(function HeadingCard({ data }: NodeProps<HeadingNode>): ReactElement {
  return (
    <div className="graph-heading">
      <strong>{data.title}</strong> <span className="muted">{data.detail}</span>
    </div>
  );
});
