import { useEffect, useRef, type ReactElement } from 'react';
import type { Vertex } from '../../../src/core/view/blockGraph';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import type { ModelView } from '../../../src/core/view/modelView';
import { Landmark } from '../../shared/landmark';
import { plural, t } from '../../shared/strings';
import type { Host } from '../host';
import { bringIntoSight } from './bringIntoSight';
import { NodeDetails } from './nodeDetails';
import { PanelTitle } from './panelTitle';

/** What the person chose in the graph or in a list. */
export interface Chosen {
  /** Id of the card, for the graph. */
  readonly card: string;
  /** Name of the model's node; null for a tensor and for what a fusion would make. */
  readonly node: string | null;
  /** The card's vertex, where one was chosen in the graph. */
  readonly vertex: Vertex | null;
}

export interface NodePanelProps {
  readonly chosen: Chosen | null;
  readonly block: BlockReport;
  readonly view: ModelView;
  readonly host: Host;
}

/** Details of the chosen node, tensor or merged convolution. */
export function NodePanel(props: NodePanelProps): ReactElement {
  const { chosen } = props;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (chosen !== null && panel.current !== null) bringIntoSight(panel.current);
  }, [chosen]);
  return (
    <Landmark
      as="section"
      className="node-panel"
      data-testid="node-panel"
      aria-label={t('node.title')}
      ref={panel}
    >
      <Content {...props} />
    </Landmark>
  );
}

function Content({ chosen, block, view, host }: NodePanelProps): ReactElement {
  if (chosen === null) return <PanelTitle title={t('node.title')} text={t('node.none')} />;
  if (chosen.node !== null)
    return <NodeDetails key={chosen.node} name={chosen.node} view={view} host={host} />;
  const { vertex } = chosen;
  if (vertex?.kind === 'op' && chosen.card.startsWith('after '))
    return <PanelTitle title={t('node.mergedTitle')} text={plural('node.merged', block.before.nodes)} />;
  return <PanelTitle title={vertex?.title ?? ''} text={vertex?.shape ?? ''} />;
}
