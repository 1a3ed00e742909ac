import type { Call, Lowering, LoweringTable } from './call';
import { float, int, text, tensorOf, type Attributes } from './constants';

/** Interpolation over the last axes: to given sizes, or by given factors. */

const NEAREST: Attributes = {
  mode: text('nearest'),
  coordinate_transformation_mode: text('asymmetric'),
  nearest_mode: text('floor'),
};

const EXACT: Attributes = {
  mode: text('nearest'),
  coordinate_transformation_mode: text('half_pixel'),
  nearest_mode: text('round_prefer_ceil'),
};

const resize =
  (rank: number, attributes: (call: Call) => Attributes): Lowering =>
  (call) => {
    const x = imageOf(call);
    return call.emit('Resize', [x, '', ...target(call, rank, x)], attributes(call));
  };

/** The two forms of these calls differ in what they call the image. */
function imageOf(call: Call): string {
  return call.tensor(call.has('self') ? 'self' : 'input');
}

/** The third and fourth input: factors, or sizes. */
function target(call: Call, rank: number, image: string): readonly string[] {
  const factors = factorsOf(call, rank);
  if (factors !== null) return [call.constant(tensorOf('float32', [rank + 2], [1, 1, ...factors]), 'scales')];
  const { dims } = call.result();
  if (call.has('output_size') && dims !== null) {
    const sizes = dims.filter((dim) => typeof dim === 'number');
    if (sizes.length === dims.length) return ['', call.list(sizes)];
    const lead = call.emit('Shape', [image], { start: int(0), end: int(2) });
    return ['', call.emit('Concat', [lead, call.shape(call.sizes('output_size'))], { axis: int(0) })];
  }
  return call.cannot('says neither a size nor a factor');
}

/** The factors that the coordinates are computed with; null where they follow from the sizes. */
function factorsOf(call: Call, rank: number): readonly number[] | null {
  if (call.has('scale_factors')) return call.floats('scale_factors');
  const names =
    rank === 1 ? ['scales'] : rank === 2 ? ['scales_h', 'scales_w'] : ['scales_d', 'scales_h', 'scales_w'];
  return names.every((name) => call.has(name)) ? names.map((name) => call.number(name)) : null;
}

function smooth(mode: string, more: Attributes = {}): (call: Call) => Attributes {
  return (call) => ({
    ...more,
    mode: text(mode),
    coordinate_transformation_mode: text(
      // the mode that bears PyTorch's name is of an older one: it reads the first element for a single one
      call.flag('align_corners', false) ? 'align_corners' : 'half_pixel',
    ),
  });
}

const CUBIC = { cubic_coeff_a: float(-0.75) };

export const resizingLowerings: LoweringTable = {
  'aten.upsample_nearest1d': resize(1, () => NEAREST),
  'aten.upsample_nearest2d': resize(2, () => NEAREST),
  'aten.upsample_nearest3d': resize(3, () => NEAREST),
  'aten._upsample_nearest_exact2d': resize(2, () => EXACT),
  'aten.upsample_linear1d': resize(1, smooth('linear')),
  'aten.upsample_bilinear2d': resize(2, smooth('linear')),
  'aten.upsample_trilinear3d': resize(3, smooth('linear')),
  'aten.upsample_bicubic2d': resize(2, smooth('cubic', CUBIC)),
};
