import { useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { KernelFold } from '../../../src/core/view/foldTypes';
import { t } from '../../shared/strings';
import { useRoom } from '../graph/useRoom';
import type { Host } from '../host';
import { ExportButtons } from './exportButtons';
import { FoldDrawing } from './foldDrawing';
import { meanNumbers, pairNumbers, type FoldNumbers } from './foldNumbers';
import { foldSteps, type FoldStep } from './foldSteps';
import { FoldTable } from './foldTable';
import { NumbersBar } from './numbersBar';
import { foldSheet } from './sheet';
import { StepBar } from './stepBar';
import { middleTap } from './tapGrid';
import { useFoldPair, type ChannelPair } from './useFold';
import { useStepper, type Stepper } from './useStepper';
import { useStillness } from './useStillness';

export interface FoldViewProps {
  readonly fold: KernelFold;
  readonly host: Host;
  readonly chosen: string | null;
  readonly highlighted: ReadonlySet<string>;
  onChoose(node: string): void;
}

/** The fold of a block with everything that belongs to it: steps, numbers, picture, table. */
export function FoldView({ fold, host, ...choice }: FoldViewProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const picture = useRef<SVGSVGElement>(null);
  const { width } = useRoom(frame);
  const still = useStillness();
  const steps = useMemo(() => foldSteps(fold), [fold]);
  const stepper = useStepper(steps.length);
  const step = steps[stepper.at] as FoldStep;
  const [tap, setTap] = useState(() => middleTap(fold.taps));
  const { numbers, pair, setPair, problem } = useNumbers(host, fold);
  const sheet = useMemo(() => foldSheet(fold, width), [fold, width]);
  const moving = stepper.moving && !still;
  const drawn = { fold, sheet, numbers, step, moving, tap, ...choice };
  return (
    <div
      className="fold"
      data-testid="fold"
      data-block-id={fold.id}
      role="group"
      aria-label={t('fold.label', { id: fold.id })}
      aria-describedby="fold-help"
      tabIndex={0}
      onKeyDown={(event) => onStepKey(event, stepper, still)}
      ref={frame}
    >
      <div className="fold-bar">
        <StepBar fold={fold} step={step} stepper={stepper} still={still} />
        <div className="fold-options">
          <NumbersBar fold={fold} pair={pair} onPair={setPair} />
          <ExportButtons host={host} block={fold.id} picture={picture} />
        </div>
      </div>
      {problem !== null && <p role="alert">{problem}</p>}
      <div className="fold-scroller">
        {width > 0 && <FoldDrawing picture={picture} {...drawn} onTap={setTap} />}
      </div>
      <p className="fold-note muted" id="fold-help">
        {note(fold, numbers.heat.signed)} {t('fold.help')}
      </p>
      <FoldTable fold={fold} numbers={numbers} />
    </div>
  );
}

interface Shown {
  readonly numbers: FoldNumbers;
  readonly pair: ChannelPair | null;
  /** Why the pair's numbers are not there. */
  readonly problem: string | null;
  setPair(pair: ChannelPair | null): void;
}

/** The numbers that the person wants to see: means until a pair's are there. */
function useNumbers(host: Host, fold: KernelFold): Shown {
  const [pair, setPair] = useState<ChannelPair | null>(null);
  const answer = useFoldPair(host, fold.id, pair, fold);
  const numbers = useMemo(
    () => (pair !== null && answer.pair !== null ? pairNumbers(answer.pair) : meanNumbers(fold)),
    [fold, pair, answer.pair],
  );
  return { numbers, pair, setPair, problem: pair === null ? null : answer.problem };
}

function note({ rows, dtype }: KernelFold, signed: boolean): string {
  if (signed) return t('fold.notePair', { dtype });
  return rows.counted < rows.of
    ? t('fold.noteSample', { n: rows.counted, count: rows.of })
    : t('fold.noteMean');
}

/** Left and right step, Home and End go to the ends, Space plays: on the frame itself, not in what lies in it. */
function onStepKey(event: KeyboardEvent<HTMLDivElement>, stepper: Stepper, still: boolean): void {
  if (event.target !== event.currentTarget) return;
  const acts: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => stepper.go(stepper.at - 1),
    ArrowRight: () => stepper.go(stepper.at + 1),
    Home: () => stepper.go(0),
    End: () => stepper.go(stepper.last),
    ' ': () => (still ? stepper.go(stepper.at === stepper.last ? 0 : stepper.at + 1) : stepper.toggle()),
  };
  const act = acts[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}
