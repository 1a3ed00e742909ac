import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { memo, useContext, type ReactElement } from 'react';
import type { Vertex } from '../../../src/core/view/blockGraph';
import { Icon } from '../../shared/icon';
import { LongName } from '../../shared/longName';
import { t } from '../../shared/strings';
import { nodeContext } from '../menuContext';
import { GraphFocusContext } from './graphFocus';
import { opKind } from './opKind';

export type OpCardNode = Node<
  {
    readonly vertex: Vertex;
    readonly ghost: boolean;
    /** The convolution that the fusion makes. */
    readonly merged: boolean;
  },
  'card'
>;

/** One operator, or the tensor that the block starts from or ends in. */
export const OpCard = memo(function OpCard({ id, data }: NodeProps<OpCardNode>): ReactElement {
  const { vertex, ghost, merged } = data;
  const focus = useContext(GraphFocusContext);
  const isEnd = vertex.kind === 'source' || vertex.kind === 'sink';
  const classes = [
    'card',
    isEnd ? 'end' : `kind-${opKind(vertex)}`,
    ghost ? 'ghost' : '',
    merged ? 'merged' : '',
    vertex.atFault ? 'at-fault' : '',
    focus.chosen === id ? 'chosen' : '',
    vertex.node !== null && focus.highlighted.has(vertex.node) ? 'highlighted' : '',
  ];
  const role = vertex.kind === 'source' ? t('graph.source') : t('graph.sink');
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <button
        type="button"
        className={classes.filter((name) => name !== '').join(' ')}
        data-card={id}
        data-node={vertex.node ?? undefined}
        data-vscode-context={vertex.node === null ? undefined : nodeContext(vertex.node)}
        data-at-fault={vertex.atFault}
        tabIndex={focus.tabStop === id ? 0 : -1}
        aria-pressed={focus.chosen === id}
        title={vertex.node ?? vertex.title}
        onClick={() => focus.choose(id)}
        onFocus={() => focus.arrive(id)}
      >
        {isEnd && <span className="visually-hidden">{role}: </span>}
        <span className="card-title">
          {vertex.atFault && <Icon name="warning" />}
          {merged && <Icon name="merge" />}
          {isEnd ? <LongName text={vertex.title} /> : <span className="ellipsis">{vertex.title}</span>}
        </span>
        <span className="visually-hidden">, {t('graph.outputShape')} </span>
        <span className="card-shape ellipsis">{vertex.shape}</span>
        {vertex.atFault && <span className="visually-hidden">, {t('graph.atFault')}</span>}
        {merged && <span className="visually-hidden">, {t('graph.merged')}</span>}
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
});
