import type { ReactElement, Ref } from 'react';
import type { KernelFold } from '../../../src/core/view/foldTypes';
import { t } from '../../shared/strings';
import { BranchRow } from './branchRow';
import type { FoldNumbers } from './foldNumbers';
import type { FoldStep } from './foldSteps';
import { MergedKernel } from './mergedKernel';
import { useCardKeys } from './useCardKeys';
import { CARD_HEIGHT, HEADING, SOURCE_X, type FoldSheet } from './sheet';

export interface DrawingProps {
  readonly fold: KernelFold;
  readonly sheet: FoldSheet;
  readonly numbers: FoldNumbers;
  readonly step: FoldStep;
  /** The step was just entered from the one before it, so its branch flies. */
  readonly moving: boolean;
  readonly tap: number;
  /** Name of the node whose details are shown. */
  readonly chosen: string | null;
  readonly highlighted: ReadonlySet<string>;
  onTap(tap: number): void;
  onChoose(node: string): void;
}

/** The fold as one picture: branches as rows, their kernels on the merged grid, and the sum of those added so far. */
export function FoldDrawing({
  picture,
  ...props
}: DrawingProps & { readonly picture: Ref<SVGSVGElement> }): ReactElement {
  const { fold, sheet } = props;
  const keys = useCardKeys(sheet);
  return (
    <svg
      ref={picture}
      className="fold-picture"
      data-testid="fold-picture"
      viewBox={`0 0 ${sheet.width} ${sheet.height}`}
      width={sheet.width}
      height={sheet.height}
      role="group"
      aria-label={t('fold.picture', { id: fold.id })}
      onKeyDown={keys.onKeyDown}
    >
      <Headings {...props} />
      <Rails {...props} />
      {sheet.rows.map((row) => (
        <BranchRow key={row.index} row={row} tabStop={keys.tabStop} {...props} />
      ))}
      <MergedKernel {...props} />
    </svg>
  );
}

function Headings({ fold, sheet, step }: DrawingProps): ReactElement {
  // a single tap is no grid
  const onGrid = (step.kind === 'place' || step.kind === 'add') && fold.taps.some((count) => count > 1);
  return (
    <g className="headings" aria-hidden="true">
      <text x={sheet.rows[0]?.cards[0]?.box.x ?? 0} y={HEADING - 12}>
        {t('fold.branches')}
      </text>
      <text x={sheet.gridX} y={HEADING - 12}>
        {t(onGrid ? 'fold.onGrid' : 'fold.asKernel', { size: fold.taps.join('×') })}
      </text>
      <text
        x={sheet.merged.x + (sheet.stacked ? ENTRY + 12 : 0)}
        y={sheet.stacked ? sheet.merged.y - 12 : Math.min(HEADING - 12, sheet.merged.y - 12)}
      >
        {t('fold.merged')}
      </text>
    </g>
  );
}

/** Where the sum enters a merged kernel from above, beside its heading. */
const ENTRY = 10;

/** The lines that the branches start from and are gathered by. */
function Rails({ sheet, step }: DrawingProps): ReactElement {
  const { rows, gatherX, merged, stacked, gridX, grid } = sheet;
  const first = rows[0]?.middle ?? 0;
  const last = rows.at(-1)?.middle ?? 0;
  const added = rows.slice(0, step.added);
  const goal = stacked ? merged.y - 30 : merged.y + merged.height / 2;
  const gathered = added
    .map(({ middle }) => `M${gridX + grid.width + 6} ${middle}H${gatherX}V${goal}`)
    .join('');
  const end = stacked
    ? `M${gatherX} ${goal}H${merged.x + ENTRY}V${merged.y - 8}m-4 -5l4 5l4 -5`
    : `M${gatherX} ${goal}H${merged.x - 8}m-5 -4l5 4l-5 4`;
  return (
    <g aria-hidden="true">
      <path className="fold-line" d={`M${SOURCE_X} ${first - CARD_HEIGHT / 2}V${last}`} />
      <circle className="fold-end" cx={SOURCE_X} cy={first - CARD_HEIGHT / 2} r={4} />
      <text className="rail-label" x={SOURCE_X} y={first - CARD_HEIGHT / 2 - 8}>
        x
      </text>
      {added.length > 0 && (
        <>
          <path className="fold-line" d={gathered + end} />
          <circle className="fold-plus" cx={gatherX} cy={goal} r={9} />
          <path className="fold-plus-sign" d={`M${gatherX - 4} ${goal}h8M${gatherX} ${goal - 4}v8`} />
        </>
      )}
    </g>
  );
}
