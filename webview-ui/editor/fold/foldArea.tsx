import type { ReactElement } from 'react';
import type { KernelFold } from '../../../src/core/view/foldTypes';
import type { BlockReport } from '../../../src/core/view/inspectReport';
import { onScreen } from '../../../src/core/view/onScreen';
import { Icon } from '../../shared/icon';
import { t } from '../../shared/strings';
import type { Answer } from '../useAnswer';
import { DynamicNote } from './dynamicNote';
import { FoldView, type FoldViewProps } from './foldView';

export interface FoldAreaProps extends Omit<FoldViewProps, 'fold'> {
  readonly block: BlockReport;
  readonly answer: Answer<KernelFold>;
}

/** Whether the kernels of a block's branches add up to one. */
export function canFold({ status, dynamic }: BlockReport): boolean {
  return status === 'fusable' && dynamic === undefined;
}

/** The fold, or a word on why there is none. */
export function FoldArea({ block, answer, ...props }: FoldAreaProps): ReactElement {
  if (block.dynamic !== undefined) return <DynamicNote dynamic={block.dynamic} />;
  if (block.refusal !== null)
    return (
      <div className="fold-empty" data-testid="fold-refused">
        <Icon name="slash" className="warn" />
        <span>
          {t('fold.refused')} {onScreen(block.refusal.message)}
        </span>
      </div>
    );
  if (answer.status === 'done') return <FoldView key={answer.value.id} fold={answer.value} {...props} />;
  const failed = answer.status === 'failed';
  return (
    <div className="fold-empty" role="status" data-testid={failed ? 'fold-failed' : 'fold-loading'}>
      {failed && <Icon name="warning" className="bad" />}
      <span>{failed ? answer.problem.message : t('fold.loading')}</span>
    </div>
  );
}
