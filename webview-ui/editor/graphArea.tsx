import type { ReactElement } from 'react';
import type { BlockReport } from '../../src/core/view/inspectReport';
import { Icon } from '../shared/icon';
import { t } from '../shared/strings';
import { BranchGraph } from './graph/branchGraph';
import type { BlockDrawing } from './usePlacedBlock';
import type { Answer } from './useAnswer';

export interface GraphAreaProps {
  readonly block: BlockReport;
  readonly answer: Answer<BlockDrawing>;
  readonly chosen: string | null;
  readonly highlighted: ReadonlySet<string>;
  onChoose(cardId: string): void;
}

/** The branch graph, or a word on why it is not there. */
export function GraphArea({ answer, ...props }: GraphAreaProps): ReactElement {
  if (answer.status === 'done') return <BranchGraph {...props} placed={answer.value.placed} />;
  const failed = answer.status === 'failed';
  return (
    <div
      className="branch-graph waiting"
      role="status"
      data-testid={failed ? 'graph-failed' : 'graph-loading'}
    >
      {failed && <Icon name="warning" className="bad" />}
      <span>{failed ? answer.problem.message : t('graph.loading')}</span>
    </div>
  );
}
