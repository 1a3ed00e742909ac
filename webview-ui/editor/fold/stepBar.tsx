import type { ReactElement } from 'react';
import type { KernelFold } from '../../../src/core/view/foldTypes';
import { IconButton } from '../../shared/iconButton';
import { t } from '../../shared/strings';
import type { FoldStep } from './foldSteps';
import type { Stepper } from './useStepper';

export interface StepBarProps {
  readonly fold: KernelFold;
  readonly step: FoldStep;
  readonly stepper: Stepper;
  /** Nothing may move by itself: there is no Play. */
  readonly still: boolean;
}

/** Which step of the fold is shown, in words, and the buttons that go on and back. */
export function StepBar({ fold, step, stepper, still }: StepBarProps): ReactElement {
  const { at, last, playing, go, toggle } = stepper;
  return (
    <div className="step-bar">
      <div className="step-buttons">
        <IconButton icon="first" label={t('fold.first')} off={at === 0} onClick={() => go(0)} />
        <IconButton icon="chevronLeft" label={t('fold.previous')} off={at === 0} onClick={() => go(at - 1)} />
        {!still && (
          <IconButton
            icon={playing ? 'pause' : 'play'}
            label={t(playing ? 'fold.pause' : 'fold.play')}
            onClick={toggle}
          />
        )}
        <IconButton icon="chevronRight" label={t('fold.next')} off={at === last} onClick={() => go(at + 1)} />
        <IconButton icon="last" label={t('fold.last')} off={at === last} onClick={() => go(last)} />
      </div>
      <p className="step-text" role="status" data-testid="fold-step" data-step={at}>
        <span className="muted">{t('fold.step', { n: at + 1, count: last + 1 })}</span>{' '}
        <strong>{stepTitle(fold, step, at === last)}</strong>
        {step.transforms.map((transform) => (
          <span key={transform} className="transform" title={t('inspector.transformsHint')}>
            {transform}
          </span>
        ))}
      </p>
    </div>
  );
}

function stepTitle(fold: KernelFold, { kind, added }: FoldStep, end: boolean): string {
  if (kind === 'ops') return t('fold.stepOps');
  if (kind === 'kernels') return t('fold.stepKernels');
  if (kind === 'place') return t('fold.stepPlace', { size: fold.taps.join('×') });
  return t(end ? 'fold.stepMerged' : 'fold.stepAdd', { n: added });
}
