// Mutations of src/core/algebra.
import { breaking as of } from './mutation.mjs';

const axis = 'src/core/algebra/geometry/axis.ts';
const geometry = 'src/core/algebra/geometry/geometry.ts';
const operator = 'src/core/algebra/operator.ts';
const rows = 'src/core/algebra/kernel/kernelRows.ts';
const bias = 'src/core/algebra/kernel/bias.ts';
const vector = 'src/core/algebra/kernel/vectorExpr.ts';
const bound = 'src/core/algebra/kernel/kernelBound.ts';
const merged = 'src/core/algebra/kernel/mergedConv.ts';
const piles = 'src/core/detect/piles.ts';
const arithmetic = 'src/core/detect/transfer/arithmetic.ts';

/** Each rule of the operator algebra, and the edit that breaks it. */
export const algebraMutations = [
  // where taps lie
  of('a tap is at i·d − p', axis, 'first: 0 - padBegin,', 'first: padBegin,'),
  of('slack counts the dilation', axis, '- (kernel - 1) * dilation,', '- (kernel - 1),'),
  of(
    'taps of a sum lie on the gcd of all distances',
    axis,
    'if (axis.count > 1) step = gcd(step, axis.step);',
    '',
  ),
  of('offsets of a sum count in its gcd', axis, 'step = gcd(step, axis.first - first);', ''),
  of(
    'strides of a composition multiply',
    axis,
    'stride: before.stride * then.stride,',
    'stride: then.stride,',
  ),
  of(
    'offsets of a composition are i₁ + s₁·i₂',
    axis,
    'before.first + before.stride * (then.first + end * then.step)',
    'before.first + then.first + end * then.step',
  ),
  of(
    'slacks of a composition are A₁ + s₁·A₂',
    axis,
    'slack: before.slack + before.stride * then.slack,',
    'slack: before.slack + then.slack,',
  ),
  of('steps of a composition count the stride', axis, 'before.stride * then.step : 0', 'then.step : 0'),
  of(
    'border before: p₁ ≥ ke₁ − s₁',
    axis,
    'lastTap(axis) <= axis.stride - 1',
    'lastTap(axis) <= axis.stride',
  ),
  of('border behind: p₁ ≥ ke₁ − 1', axis, 'axis.slack + axis.first >= 0', 'axis.slack + axis.first >= -1'),
  of('a Conv has no negative end pad: zero taps', axis, 'if (missing > 0) {', 'if (missing > 99) {'),
  of('a Conv has no negative begin pad: zero taps', axis, 'if (first > 0) {', 'if (first > 99) {'),

  // what may be added
  of('strides of a sum are equal', geometry, 'axis.stride !== head.stride', 'axis.stride < 0'),
  of(
    'sizes of a sum are equal',
    geometry,
    'axes.every((axis) => axis.slack === head.slack)',
    'axes.length > 0',
  ),
  of(
    'slacks that agree at one size take the largest',
    geometry,
    'Math.max(...axes.map(',
    'Math.min(...axes.map(',
  ),
  of('channels of a sum are equal', geometry, 'term.outChannels !== head.outChannels ||', ''),
  of(
    'groups of a sum are the gcd',
    geometry,
    'gcd(groups, term.groups), 0)',
    'Math.max(groups, term.groups), 0)',
  ),
  of(
    'groups of a composition are the gcd',
    geometry,
    'return gcd(before.groups, then.groups);',
    'return Math.max(before.groups, then.groups);',
  ),
  of('a pad before the image is read', geometry, 'axis.first < 0 || axis.slack', 'axis.slack'),
  of('a border behind must be virtual', geometry, '(!readsAfter || seesOnlyOutsideAfter(axis))', 'true'),
  of('a border before must be virtual', geometry, '(!readsBefore || seesOnlyOutsideBefore(axis)) &&', ''),
  of(
    'transposed convolutions share a window',
    geometry,
    'JSON.stringify([transposed, axes',
    'JSON.stringify([axes',
  ),
  of(
    'transposed convolutions share a number of taps',
    geometry,
    'JSON.stringify([transposed, axes.map((axis) => axis.count)])',
    'JSON.stringify([transposed])',
  ),

  // composition and stacking
  of('a border holds the response to zero', operator, 'if (worst === null) return null;', 'return null;'),
  of('a border may differ by roundings only', operator, '? 8 : 64) * roundoff', '? 8 : 2 ** 26) * roundoff'),
  of(
    'a padded operator behind another is checked',
    operator,
    'if (readsBetween(then.geometry)) {',
    'if (false) {',
  ),
  of('a stack is dense', operator, '{ ...shared, outChannels, groups: 1 }', '{ ...shared, outChannels }'),
  of(
    'chosen rows are dense',
    operator,
    'outChannels: rows.length, groups: 1 }',
    'outChannels: rows.length }',
  ),

  // numbers
  of(
    'the bias of a convolution',
    bias,
    'expr.bias === null ? new Float64Array(channels)',
    'channels > 0 ? new Float64Array(channels)',
  ),
  of('b = b₂ + Σ W₂·b₁', bias, 'total += (row[at] as number) *', 'total += 0 *'),
  of(
    'b₁ goes through the groups of W₂',
    bias,
    'inner[start + Math.floor(at / taps)]',
    'inner[Math.floor(at / taps)]',
  ),
  of('a scale acts on the bias too', bias, 'value * (scale?.[o] ?? 1) +', 'value +'),
  of('a shift goes into the bias', bias, '+ (shift?.[o] ?? 0)', ''),
  of('coefficients act on the bias', bias, 'term.coefficient * value', 'value'),
  of('coefficients act on the kernel', rows, 'factor * term.coefficient', 'factor'),
  of('a scale acts on the rows', rows, 'factor * (scale[o] as number)', 'factor'),
  of('an average pool divides', rows, '1 / tapCount(expr.geometry)', '1'),
  of(
    'a kernel is not flipped',
    rows,
    '(start + j * axis.step) / grid.step',
    '(start + (axis.count - 1 - j) * axis.step) / grid.step',
  ),
  of('a matrix is not transposed', rows, 'return expr.transposed\n', 'return !expr.transposed\n'),
  of(
    'a tap that a composition shifts',
    rows,
    'axis.first + (shift[index] as number) - grid.first',
    'axis.first - grid.first',
  ),
  of(
    'a composition shifts by stride₁ · offset₂',
    rows,
    'value * (expr.first.geometry.axes[place]?.stride ?? 1)',
    'value',
  ),
  of(
    'rows of a composition in their group',
    rows,
    'const firstMiddle = Math.floor(o / outPerGroup) * channels;',
    'const firstMiddle = 0;',
  ),
  of('an identity in its group', rows, '(o - target.firstChannel) * target.taps', 'o * target.taps'),
  of(
    'a grouped kernel in its place',
    rows,
    'Math.floor(o / outPerGroup) * width - target.firstChannel',
    '0 - target.firstChannel * 0',
  ),
  of('rows of a stack are those of its parts', rows, 'owner.add(owner.row,', 'owner.add(0,'),
  of('chosen rows are the chosen ones', rows, 'expr.rows[o] as number', 'o'),
  of(
    'a transposed kernel is [in, out, …]',
    rows,
    'stored(i * outPerGroup + (o % outPerGroup))',
    'stored(i * outPerGroup)',
  ),
  of('t = γ/√(σ² + ε)', vector, '(variance[channel] as number) + bn.epsilon', 'variance[channel] as number'),
  of(
    'β − μ·t',
    vector,
    '(mean[channel] as number) * (scale[channel] as number)',
    '(mean[channel] as number)',
  ),
  of('Div is by the reciprocal', vector, '1 / value', 'value'),
  of('a subtracted constant is negated', vector, 'expr.factor * value', 'value'),
  of(
    'kernels are added in float64',
    merged,
    'const row = new Float64Array(length);\n  // one buffer',
    'const row = new Float32Array(length);\n  // one buffer',
  ),
  of(
    'a merged transposed kernel is [in, out, …]',
    merged,
    '* outPerGroup + (o % outPerGroup)) * taps',
    '* outPerGroup) * taps',
  ),

  // numbers that no type holds
  of('an endless bias', merged, 'if (biasVector(expr, read).some(tooLarge)) return true;', ''),
  of('an endless kernel', merged, 'if (kernelBound(expr, read) <= limit) return false;', 'return false;'),
  of(
    'the bound of a composition counts its products',
    bound,
    'return products * product(',
    'return product(',
  ),
  of('NaN has no bound', bound, 'if (Number.isNaN(value)) return Infinity;', ''),
  // branches that are stacked and summed
  of(
    'a stack is summed over its own axis',
    piles,
    "normal(intAttribute(concat, 'axis', 0), rank) !== axis",
    'false',
  ),
  of(
    'a view splits the axis of the Concat',
    piles,
    "normal(intAttribute(concat, 'axis', 0), dims.length - 1) !== axis",
    'false',
  ),
  of('parts of a stack are of one shape', piles, 'dim !== null && dim === others[place]', 'true'),
  of('the mean of a stack is divided by its parts', arithmetic, '1 / parts.length', '1'),
];
