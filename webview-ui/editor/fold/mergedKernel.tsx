import type { CSSProperties, ReactElement } from 'react';
import { t } from '../../shared/strings';
import { cellText, clipped, fineText } from './cellText';
import type { DrawingProps } from './foldDrawing';
import { heatClass, heatScale, type Heat } from './heat';
import { Frame, KernelMap } from './kernelMap';
import { LINE } from './sheet';
import { tapName } from './tapGrid';

/** The sum so far, which is the merged kernel in the end, and the numbers of one tap. */
export function MergedKernel(props: DrawingProps): ReactElement {
  const { sheet, numbers, step, moving, tap, onTap } = props;
  const { merged } = sheet;
  const sum = numbers.sums[step.added - 1];
  const before = numbers.sums[step.added - 2];
  return (
    <>
      <g transform={`translate(${merged.x} ${merged.y})`} className="merged-kernel" aria-hidden="true">
        <Frame grid={merged.grid} />
        {moving && before && <KernelMap grid={merged.grid} values={before} heat={numbers.heat} />}
        {sum && (
          <g key={step.added} className={moving ? 'landing' : ''}>
            <KernelMap
              grid={merged.grid}
              values={sum}
              heat={numbers.heat}
              tap={tap}
              name="merged"
              onTap={onTap}
            />
          </g>
        )}
      </g>
      {moving && step.kind === 'add' && <Flyer {...props} />}
      <TapList {...props} />
    </>
  );
}

/** The branch that is being added, on its way. */
function Flyer({ sheet, numbers, step }: DrawingProps): ReactElement | null {
  const row = sheet.rows[step.added - 1];
  if (row === undefined) return null;
  const { grid, gridX, merged } = sheet;
  const style = {
    '--x0': `${gridX}px`,
    '--y0': `${row.middle - grid.height / 2}px`,
    '--x1': `${merged.x}px`,
    '--y1': `${merged.y}px`,
    '--grown': merged.grid.cell / grid.cell,
  } as CSSProperties;
  return (
    <g key={step.added} className="flyer" style={style} aria-hidden="true">
      <KernelMap grid={grid} values={numbers.branches[row.index] ?? []} heat={numbers.heat} bare />
    </g>
  );
}

/** What each branch gives to the tap that is looked at, and the sum. */
function TapList({ fold, sheet, numbers, step, tap }: DrawingProps): ReactElement {
  const { list } = sheet;
  const { signed, most } = numbers.heat;
  const sum = numbers.sums[step.added - 1]?.[tap];
  const total = (fold.branches.length + 1) * LINE;
  return (
    <g
      transform={`translate(${list.x} ${list.y})`}
      className="tap-list"
      data-testid="tap-list"
      aria-hidden="true"
    >
      <text className="muted" x={0} y={BASE}>
        {t('fold.tap', { tap: tapName(fold.taps, tap) })}
      </text>
      <text className="muted value" x={list.width} y={BASE}>
        {t(signed ? 'fold.value' : 'fold.meanShort')}
      </text>
      {fold.branches.map(({ label }, index) => (
        <Part
          key={index}
          text={`${index + 1} ${clipped(label, Math.floor((list.width - 112) / 6.6))}`}
          value={numbers.branches[index]?.[tap] ?? 0}
          heat={numbers.heat}
          line={index + 1}
          width={list.width}
          later={index >= step.added}
        />
      ))}
      <line className="total-line" x1={0} x2={list.width} y1={total + 1} y2={total + 1} />
      <text className="total" x={17} y={total + BASE + 3}>
        {t(step.added === fold.branches.length ? 'fold.total' : 'fold.sum')}
      </text>
      <text className="value total" x={list.width} y={total + BASE + 3} data-part="sum">
        {sum === undefined ? '–' : fineText(sum)}
      </text>
      <Legend width={list.width} y={total + LINE + 20} signed={signed} most={most} />
    </g>
  );
}

/** Base line of a line's text. */
const BASE = 12;

interface PartProps {
  readonly text: string;
  readonly value: number;
  readonly heat: Heat;
  readonly line: number;
  readonly width: number;
  /** It is not in the sum yet. */
  readonly later: boolean;
}

function Part({ text, value, heat, line, width, later }: PartProps): ReactElement {
  const y = line * LINE + BASE;
  return (
    <g className={later ? 'later' : ''}>
      <rect className={`swatch ${heatClass(heat, value)}`} y={y - 9} width={10} height={10} />
      <text x={17} y={y}>
        {text}
      </text>
      <text className="value" x={width} y={y} data-part={line - 1}>
        {fineText(value)}
      </text>
    </g>
  );
}

interface LegendProps {
  readonly width: number;
  readonly y: number;
  readonly signed: boolean;
  readonly most: number;
}

function Legend({ width, y, signed, most }: LegendProps): ReactElement {
  const scale = heatScale(signed);
  const [from, to] = [46, width - 46];
  const step = (to - from) / scale.length;
  return (
    <g transform={`translate(0 ${y})`} className="legend">
      <text className="muted" x={from - 6} y={9} textAnchor="end">
        {cellText(signed ? -most : 0)}
      </text>
      {scale.map((name, place) => (
        <rect key={name} className={name} x={from + place * step} width={step - 1} height={10} />
      ))}
      <text className="muted" x={to + 5} y={9}>
        {cellText(most)}
      </text>
    </g>
  );
}
