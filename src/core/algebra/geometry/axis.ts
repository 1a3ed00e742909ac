/**
 * One spatial axis of a convolution operator, without its numbers:
 *
 *     y[o] = Σ_j w[j] · x[stride·o + first + j·step],   j = 0 … count − 1
 *     size(y) = floor((size(x) + slack − 1) / stride) + 1
 *
 * A Conv with kernel k, dilation d and pads (p_b, p_e) has first = −p_b, step = d, count = k and
 * slack = p_b + p_e − (k − 1)·d. Two operators with equal stride and slack agree on the size of their
 * output for every input.
 */
export interface Axis {
  /** Offset of the first tap; negative inside a begin pad. */
  readonly first: number;
  /** Distance between taps, ≥ 1. */
  readonly step: number;
  /** Number of taps, ≥ 1. */
  readonly count: number;
  readonly stride: number;
  readonly slack: number;
}

/** Kernel, dilation, pads and stride as a Conv attribute states them. */
export interface ConvAxis {
  readonly kernel: number;
  readonly dilation: number;
  readonly padBegin: number;
  readonly padEnd: number;
  readonly stride: number;
}

export function convAxis({ kernel, dilation, padBegin, padEnd, stride }: ConvAxis): Axis {
  return {
    // 0 − 0 is 0 where −0 would be printed as such
    first: 0 - padBegin,
    step: kernel === 1 ? 1 : dilation,
    count: kernel,
    stride,
    slack: padBegin + padEnd - (kernel - 1) * dilation,
  };
}

/** x → x[stride·o + shift] over a size changed by `slack`. */
export function pointAxis(stride = 1, shift = 0, slack = 0): Axis {
  return { first: shift, step: 1, count: 1, stride, slack };
}

export function lastTap(axis: Axis): number {
  return axis.first + (axis.count - 1) * axis.step;
}

/** Output size for an input of `size`. */
export function outputSize(axis: Axis, size: number): number {
  return Math.floor((size + axis.slack - 1) / axis.stride) + 1;
}

/** The smallest axis whose taps hold the taps of all `axes` (equal stride and slack). Tap distance: the gcd of all differences. */
export function hullAxis(axes: readonly Axis[]): Axis {
  const head = axes[0];
  if (head === undefined) throw new RangeError('the hull of no axis');
  const first = Math.min(...axes.map((axis) => axis.first));
  const last = Math.max(...axes.map(lastTap));
  let step = 0;
  for (const axis of axes) {
    step = gcd(step, axis.first - first);
    if (axis.count > 1) step = gcd(step, axis.step);
  }
  if (step === 0) step = 1;
  return { first, step, count: (last - first) / step + 1, stride: head.stride, slack: head.slack };
}

/**
 * `then` after `before`: taps at i₁ + s₁·i₂, stride s₁·s₂, slack A₁ + s₁·A₂
 * (floor((floor(a / s₁)) / s₂) = floor(a / (s₁·s₂)) makes the sizes exact).
 */
export function composeAxis(before: Axis, then: Axis): Axis {
  const taps: Axis[] = [];
  for (const end of [0, then.count - 1]) {
    taps.push({ ...before, first: before.first + before.stride * (then.first + end * then.step) });
  }
  const spread = then.count > 1 ? before.stride * then.step : 0;
  const hull = hullAxis(taps);
  const step = gcd(before.count > 1 ? before.step : 0, spread) || 1;
  return {
    first: hull.first,
    step,
    count: (lastTap(hull) - hull.first) / step + 1,
    stride: before.stride * then.stride,
    slack: before.slack + before.stride * then.slack,
  };
}

/** Whether the operator's virtual outputs before index 0 read only what lies outside the image. */
export function seesOnlyOutsideBefore(axis: Axis): boolean {
  return lastTap(axis) <= axis.stride - 1;
}

/** The same for the virtual outputs behind the last one, whatever the size. */
export function seesOnlyOutsideAfter(axis: Axis): boolean {
  return axis.slack + axis.first >= 0;
}

/**
 * The axis as an ONNX Conv states it. Conv has no negative pads: where the taps start inside the image or
 * end before it, zero taps are added until the pads are not negative.
 */
export function toConvAxis(axis: Axis): { readonly conv: ConvAxis; readonly axis: Axis } {
  let { first, step, count } = axis;
  const reach = (end: number): number => axis.slack + end;
  if (first > 0) {
    if (count === 1 && step === 1) step = first;
    else if (first % step !== 0) ({ step, count } = refine(step, count, gcd(step, first)));
    count += first / step;
    first = 0;
  }
  // p_end = slack + (count − 1)·step − p_begin = slack + last tap offset
  const missing = -reach(first + (count - 1) * step);
  if (missing > 0) {
    if (count === 1) step = missing;
    count += Math.ceil(missing / step);
  }
  const grown: Axis = { ...axis, first, step, count };
  return {
    axis: grown,
    conv: {
      kernel: count,
      dilation: step,
      padBegin: 0 - first,
      padEnd: reach(lastTap(grown)),
      stride: axis.stride,
    },
  };
}

function refine(step: number, count: number, finer: number): { step: number; count: number } {
  return { step: finer, count: ((count - 1) * step) / finer + 1 };
}

export function gcd(a: number, b: number): number {
  a = Math.abs(a);
  b = Math.abs(b);
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
