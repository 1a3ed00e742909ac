import type { ReactElement } from 'react';
import type { TensorView } from '../../../src/core/view/nodeView';
import { exact, measured } from '../../shared/format';
import { t } from '../../shared/strings';

const HEIGHT = 44;
const BAR = 8;

/** Counts of equally wide bins, from the smallest value to the largest; a line marks zero. */
export function Histogram({ tensor }: { readonly tensor: TensorView }): ReactElement {
  const { histogram, min, max, name } = tensor;
  const most = Math.max(1, ...histogram);
  const total = histogram.reduce((sum, count) => sum + count, 0);
  const width = histogram.length * BAR;
  const zero = min < 0 && max > 0 ? (-min / (max - min)) * width : null;
  const label = t('tensor.histogram', {
    name,
    n: exact(total),
    min: measured(min),
    max: measured(max),
  });
  return (
    <svg
      className="histogram"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {histogram.map((count, bin) => {
        // one value among thousands still shows
        const height = count === 0 ? 0 : Math.max(1.5, (count / most) * (HEIGHT - 2));
        return <rect key={bin} x={bin * BAR + 0.5} y={HEIGHT - height} width={BAR - 1} height={height} />;
      })}
      {zero !== null && <line x1={zero} x2={zero} y1={0} y2={HEIGHT} />}
    </svg>
  );
}
