import type { KeyboardEvent, ReactElement } from 'react';
import type { ChannelBars, FoldOp, KernelPicture } from '../../../src/core/view/foldTypes';
import { measured } from '../../shared/format';
import { t } from '../../shared/strings';
import { nodeContext } from '../menuContext';
import { clipped } from './cellText';
import { largest } from './heat';
import { KernelMap } from './kernelMap';
import type { PlacedOp } from './sheet';
import { tapGrid } from './tapGrid';

export interface OpPictureProps {
  readonly placed: PlacedOp;
  readonly chosen: boolean;
  readonly highlighted: boolean;
  readonly spot: string;
  readonly tabStop: boolean;
  onChoose(node: string): void;
}

const PICTURE = { size: 38, largestCell: 14 };
const BARS = { height: 34, beside: 18 };

/** One operator of a branch: its name, what its kernel or its scale looks like, and the shape of its output. */
export function OpPicture({
  placed,
  chosen,
  highlighted,
  spot,
  tabStop,
  onChoose,
}: OpPictureProps): ReactElement {
  const { op, box } = placed;
  const { node } = op;
  const classes = ['op', `op-${accent(op)}`, chosen ? 'chosen' : '', highlighted ? 'highlighted' : ''];
  const act = node === null ? {} : { role: 'button', tabIndex: tabStop ? 0 : -1, 'aria-pressed': chosen };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (node === null || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(node);
  };
  return (
    <g
      className={classes.filter((name) => name !== '').join(' ')}
      transform={`translate(${box.x} ${box.y})`}
      data-op={node ?? undefined}
      data-vscode-context={node === null ? undefined : nodeContext(node)}
      data-spot={node === null ? undefined : spot}
      {...act}
      aria-hidden={node === null}
      onClick={() => node !== null && onChoose(node)}
      onKeyDown={onKeyDown}
    >
      <title>{described(op, node)}</title>
      <rect className="op-box" width={box.width} height={box.height} rx={5} />
      {node !== null && (
        <path className="op-accent" d={`M4 0h-0a4 4 0 0 0 -4 4v${box.height - 8}a4 4 0 0 0 4 4z`} />
      )}
      <text className="op-title" x={box.width / 2 + 2} y={17}>
        {clipped(op.title, Math.floor((box.width - 6) / 6.6))}
      </text>
      {op.kernel && <Kernel kernel={op.kernel} width={box.width} />}
      {op.bars && <Bars bars={op.bars} width={box.width} />}
      <text className="op-shape" x={box.width / 2 + 2} y={box.height - 8}>
        {clipped(op.shape, Math.floor((box.width - 6) / 5.6))}
      </text>
    </g>
  );
}

function accent(op: FoldOp): string {
  if (op.kind !== 'kernel') return op.shared ? `${op.kind} shared` : op.kind;
  const kind = op.title.startsWith('AvgPool') ? 'pool' : 'kernel';
  return op.shared ? `${kind} shared` : kind;
}

function described(op: FoldOp, node: string | null): string {
  const parts = [op.title, node ?? '', op.shape];
  if (op.bars) parts.push(t('fold.scaleRange', { min: measured(op.bars.min), max: measured(op.bars.max) }));
  if (op.kernel) parts.push(t('fold.kernelMost', { value: measured(largest([op.kernel.map])) }));
  if (op.shared) parts.push(t('fold.shared'));
  return parts.filter((part) => part !== '').join(', ');
}

function Kernel({ kernel, width }: { readonly kernel: KernelPicture; readonly width: number }): ReactElement {
  const grid = tapGrid(kernel.taps, { ...PICTURE, width: width - 12 });
  return (
    <g
      className="own-scale"
      transform={`translate(${Math.round((width - grid.width) / 2)} ${24 + Math.round((38 - grid.height) / 2)})`}
    >
      <KernelMap grid={grid} values={kernel.map} heat={{ signed: false, most: largest([kernel.map]) }} />
    </g>
  );
}

/** One bar a channel, or a few channels: up for a factor above zero, down for one below. */
function Bars({ bars, width }: { readonly bars: ChannelBars; readonly width: number }): ReactElement {
  const { values } = bars;
  const most = largest([values]) || 1;
  const down = values.some((value) => value < 0);
  const up = values.some((value) => value > 0);
  const zero = down ? (up ? BARS.height / 2 : 0) : BARS.height;
  const reach = down && up ? BARS.height / 2 : BARS.height;
  const step = Math.min(12, (width - BARS.beside) / values.length);
  const left = (width - step * values.length) / 2;
  return (
    <g transform={`translate(${left} 26)`}>
      {values.map((value, bar) => {
        const height = Math.max(value === 0 ? 0 : 0.8, (Math.abs(value) / most) * reach) || 0;
        return (
          <rect
            key={bar}
            className={value < 0 ? 'scale-bar negative' : 'scale-bar'}
            x={bar * step + 0.5}
            y={value < 0 ? zero : zero - height}
            width={Math.max(1, step - 1)}
            height={height}
          />
        );
      })}
      <line className="scale-zero" x1={-2} x2={step * values.length + 2} y1={zero} y2={zero} />
    </g>
  );
}
