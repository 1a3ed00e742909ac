import type { PointerEvent, ReactElement } from 'react';
import { cellText } from './cellText';
import { heatClass, type Heat } from './heat';
import { cellAt, sliceEdges, tapAt, type TapGrid } from './tapGrid';

export interface KernelMapProps {
  readonly grid: TapGrid;
  readonly values: readonly number[];
  readonly heat: Heat;
  /** Leaves out the taps that are zero, and the frame: a kernel that moves. */
  readonly bare?: boolean;
  /** The tap that is looked at. */
  readonly tap?: number | null;
  /** For tests and for whoever takes the picture apart. */
  readonly name?: string;
  onTap?: (tap: number) => void;
}

/** Cells of this size hold a number. */
const ROOM_FOR_TEXT = 32;
/** Below this size no line is left between cells. */
const LINED = 6;

/** A kernel, one cell a tap. Cells of one colour are one path: a kernel of 31 × 31 taps has few elements. */
export function KernelMap({
  grid,
  values,
  heat,
  bare = false,
  tap = null,
  name,
  onTap,
}: KernelMapProps): ReactElement {
  const side = grid.cell >= LINED ? grid.cell - 1 : grid.cell;
  const written = grid.cell >= ROOM_FOR_TEXT;
  return (
    <g className={written ? 'kernel-map written' : 'kernel-map'} data-map={name}>
      {!bare && <Frame grid={grid} />}
      {[...paths(grid, values, heat, side, bare)].map(([className, d]) => (
        <path key={className} className={className} d={d} />
      ))}
      {!written && <Squares grid={grid} values={values} heat={heat} />}
      {written && <Numbers grid={grid} values={values} heat={heat} bare={bare} />}
      {tap !== null && !bare && <Mark grid={grid} tap={tap} />}
      {onTap && (
        <rect
          className="map-cover"
          width={grid.width}
          height={grid.height}
          onPointerMove={pointed(grid, onTap)}
        />
      )}
    </g>
  );
}

function pointed(grid: TapGrid, onTap: (tap: number) => void): (event: PointerEvent<SVGRectElement>) => void {
  return ({ clientX, clientY, currentTarget }) => {
    const box = currentTarget.getBoundingClientRect();
    const scale = grid.width / box.width;
    onTap(tapAt(grid, (clientX - box.left) * scale, (clientY - box.top) * scale));
  };
}

/** Outlines of the slices. */
export function Frame({ grid }: { readonly grid: TapGrid }): ReactElement {
  const width = grid.columns * grid.cell;
  return (
    <>
      {sliceEdges(grid).map((x) => (
        <rect key={x} className="map-frame" x={x - 0.5} y={-0.5} width={width} height={grid.height} />
      ))}
    </>
  );
}

function paths(
  grid: TapGrid,
  values: readonly number[],
  heat: Heat,
  side: number,
  bare: boolean,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  values.forEach((value, tap) => {
    const className = heatClass(heat, value);
    if (bare && className === 'zero') return;
    const { x, y } = cellAt(grid, tap);
    found.set(className, `${found.get(className) ?? ''}M${x} ${y}h${side}v${side}h${-side}z`);
  });
  return found;
}

/** The same numbers by the size of squares, hollow for negative ones: for high contrast, where colours say little. */
function Squares({ grid, values, heat }: Pick<KernelMapProps, 'grid' | 'values' | 'heat'>): ReactElement {
  let filled = '';
  let hollow = '';
  values.forEach((value, tap) => {
    const share = heat.most > 0 ? Math.sqrt(Math.min(1, Math.abs(value) / heat.most)) : 0;
    if (!(share > 0)) return;
    const side = Math.max(1, share * (grid.cell - 3));
    const { x, y } = cellAt(grid, tap);
    const off = (grid.cell - side) / 2;
    const d = `M${x + off} ${y + off}h${side}v${side}h${-side}z`;
    if (value < 0) hollow += d;
    else filled += d;
  });
  return (
    <>
      {filled !== '' && <path className="square filled" d={filled} />}
      {hollow !== '' && <path className="square hollow" d={hollow} />}
    </>
  );
}

function Numbers({
  grid,
  values,
  heat,
  bare,
}: Pick<KernelMapProps, 'grid' | 'values' | 'heat' | 'bare'>): ReactElement {
  const size = grid.cell >= 50 ? 12 : 9.5;
  return (
    <>
      {values.map((value, tap) => {
        const className = heatClass(heat, value);
        if (bare === true && className === 'zero') return null;
        const { x, y } = cellAt(grid, tap);
        return (
          <text
            key={tap}
            className={`cell-text on-${className}`}
            data-tap={tap}
            data-value={value}
            x={x + (grid.cell - 1) / 2}
            y={y + grid.cell / 2 + size * 0.35}
            fontSize={size}
          >
            {cellText(value)}
          </text>
        );
      })}
    </>
  );
}

function Mark({ grid, tap }: { readonly grid: TapGrid; readonly tap: number }): ReactElement {
  const { x, y } = cellAt(grid, tap);
  return <rect className="map-mark" x={x - 0.5} y={y - 0.5} width={grid.cell} height={grid.cell} />;
}
