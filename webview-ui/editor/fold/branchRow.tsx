import type { CSSProperties, ReactElement } from 'react';
import { t } from '../../shared/strings';
import { clipped } from './cellText';
import type { DrawingProps } from './foldDrawing';
import { Frame, KernelMap } from './kernelMap';
import { OpPicture } from './opPicture';
import { percentText } from './percentText';
import { SOURCE_X, type PlacedOp, type SheetRow } from './sheet';
import { spotId } from './useCardKeys';

export interface BranchRowProps extends DrawingProps {
  readonly row: SheetRow;
  /** The card that Tab reaches. */
  readonly tabStop: string | null;
}

const BAR = 96;

/** One branch: its operators, the one kernel that they make, and that kernel on the merged grid. */
export function BranchRow({ row, tabStop, ...props }: BranchRowProps): ReactElement {
  const { branch, index, top, cards, middle } = row;
  const { chosen, highlighted, onChoose, sheet } = props;
  return (
    <g className={branch.dead ? 'fold-row dead' : 'fold-row'} data-branch={index} data-dead={branch.dead}>
      <text className="row-label" x={cards[0]?.box.x} y={top + 13} aria-hidden="true">
        <title>{branch.label}</title>
        <tspan className="row-number">{index + 1} </tspan>
        {clipped(branch.label, Math.floor((sheet.gridX - 40) / 6.6))}
      </text>
      <Lines {...props} row={row} />
      {cards.map((placed, place) => (
        <OpPicture
          key={`${place} ${placed.op.title}`}
          placed={placed}
          chosen={placed.op.node !== null && placed.op.node === chosen}
          highlighted={placed.op.node !== null && highlighted.has(placed.op.node)}
          spot={spotId(index, place)}
          tabStop={tabStop === spotId(index, place)}
          onChoose={onChoose}
        />
      ))}
      <g transform={`translate(0 ${middle})`}>
        <Placed {...props} row={row} />
      </g>
      <Share {...props} row={row} />
    </g>
  );
}

function Lines({ row, sheet, step }: DrawingProps & { readonly row: SheetRow }): ReactElement {
  const { branch, cards, end, middle } = row;
  const gap = cards.slice(1).map(({ box }, place) => `M${rightOf(cards[place])} ${middle}H${box.x}`);
  const roman = branch.transforms.map((transform) => transform.split(' ')[0]).join(' ');
  return (
    <g aria-hidden="true">
      <path className="fold-line" d={`M${SOURCE_X} ${middle}H${cards[0]?.box.x ?? 0}${gap.join('')}`} />
      <path
        className={step.kind === 'ops' ? 'fold-line off' : 'fold-line'}
        d={`M${end} ${middle}H${sheet.gridX - 8}m-5 -4l5 4l-5 4`}
      />
      {step.kind !== 'ops' && roman !== '' && (
        <text className="roman" x={(end + sheet.gridX - 8) / 2} y={middle - 7}>
          <title>{branch.transforms.join(', ')}</title>
          {roman}
        </text>
      )}
    </g>
  );
}

function rightOf(card: PlacedOp | undefined): number {
  return card === undefined ? 0 : card.box.x + card.box.width;
}

/** The branch's kernel: beside its cards first, then where its taps belong. */
function Placed({
  row,
  sheet,
  step,
  numbers,
  tap,
  onTap,
}: DrawingProps & { readonly row: SheetRow }): ReactElement {
  const { grid, gridX } = sheet;
  const { branch, index } = row;
  const onGrid = step.kind === 'place' || step.kind === 'add';
  const values = numbers.branches[index] ?? [];
  const [dx, dy] = onGrid ? [0, 0] : startOf(branch.place, grid);
  const style: CSSProperties = { transform: `translate(${dx}px, ${dy}px)` };
  return (
    <g transform={`translate(${gridX} ${-grid.height / 2})`} className="placed" aria-hidden="true">
      {onGrid && <Frame grid={grid} />}
      <g className={step.kind === 'ops' ? 'slide hidden' : 'slide'} style={style}>
        <KernelMap
          grid={grid}
          values={values}
          heat={numbers.heat}
          bare={!onGrid}
          tap={onGrid ? tap : null}
          name={`branch ${index}`}
          {...(onGrid ? { onTap } : {})}
        />
      </g>
    </g>
  );
}

/** The shift that puts a kernel's own taps at the left edge, half way up. */
function startOf(
  { at, step, count }: SheetRow['branch']['place'],
  grid: DrawingProps['sheet']['grid'],
): readonly [number, number] {
  const columns = ((count.at(-1) ?? 1) - 1) * (step.at(-1) ?? 1) + 1;
  const rows = ((count.at(-2) ?? 1) - 1) * (step.at(-2) ?? 1) + 1;
  if (columns === grid.columns && rows === grid.rows) return [0, 0];
  const top = Math.round(((grid.rows - rows) / 2) * grid.cell);
  return [-(at.at(-1) ?? 0) * grid.cell, top - (at.at(-2) ?? 0) * grid.cell];
}

function Share({ row, sheet }: DrawingProps & { readonly row: SheetRow }): ReactElement {
  const { branch, top } = row;
  const percent = branch.dead ? t('fold.dead') : t('fold.percent', { percent: percentText(branch.share) });
  // the percentage beside it ends where the grid does
  const width = Math.min(BAR, Math.max(40, sheet.grid.width - 34));
  return (
    <g transform={`translate(${sheet.gridX} ${top})`} className="share" data-share={branch.share}>
      <title>{branch.dead ? t('fold.deadHint') : t('fold.shareHint')}</title>
      <rect className="share-track" y={5} width={width} height={7} rx={2} />
      <rect
        className="share-bar"
        y={5}
        width={Math.max(branch.dead ? 0 : 1.5, branch.share * width)}
        height={7}
        rx={2}
      />
      <text className="share-text" x={width + 6} y={13}>
        {percent}
      </text>
    </g>
  );
}
