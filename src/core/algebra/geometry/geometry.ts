import { refuse, type AlgebraRefusal } from '../refusal';
import { composeAxis, gcd, hullAxis, seesOnlyOutsideAfter, seesOnlyOutsideBefore, type Axis } from './axis';

/**
 * A convolution operator without its numbers. Output channel o of group g reads the input channels
 * g·(inChannels/groups) … of the same group. Outside the image the operator reads zeros.
 */
export interface Geometry {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  /** Spatial axes, outermost first; none for a matrix product. */
  readonly axes: readonly Axis[];
  /** Set for a transposed convolution, which scales and adds like any other but does not compose; its axes only count taps. */
  readonly transposed?: Transposed;
}

/** The window of a ConvTranspose, one value an axis. */
export interface Transposed {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly outputPadding: readonly number[];
}

/** Number of taps of one input channel. */
export function tapCount(geometry: Geometry): number {
  return geometry.axes.reduce((product, axis) => product * axis.count, 1);
}

/** Input channels that one output channel reads. */
export function channelsPerGroup(geometry: Geometry): number {
  return geometry.inChannels / geometry.groups;
}

/** Elements of the kernel tensor. */
export function kernelSize(geometry: Geometry): number {
  return geometry.outChannels * channelsPerGroup(geometry) * tapCount(geometry);
}

/**
 * The geometry that holds all of several operators from one source whose outputs are added.
 * Exact when stride and slack agree on every axis, or, for a known source size, when the floored output sizes agree.
 * Groups that differ are expanded to their gcd, block diagonal.
 * @param sourceSizes the source's spatial sizes, null where they are not known for every run.
 */
export function sumGeometry(
  terms: readonly Geometry[],
  sourceSizes: readonly (number | null)[],
): Geometry | AlgebraRefusal {
  const head = terms[0];
  if (head === undefined) return refuse('unsupported-op', 'There is nothing to add.');
  for (const term of terms) {
    if (term.outChannels !== head.outChannels || term.axes.length !== head.axes.length) {
      const counts = `${head.outChannels} and ${term.outChannels}`;
      return refuse(
        'broadcast',
        `The branches have different numbers of channels (${counts}), so the addition broadcasts; give each branch all of them.`,
      );
    }
  }
  if (terms.some((term) => windowOf(term) !== windowOf(head))) {
    return refuse(
      'stride-mismatch',
      'The branches are transposed convolutions of different windows, or not all transposed.',
    );
  }
  const axes: Axis[] = [];
  for (let place = 0; place < head.axes.length; place++) {
    const aligned = alignAxes(
      terms.map((term) => term.axes[place] as Axis),
      sourceSizes[place] ?? null,
    );
    if ('refused' in aligned) return aligned;
    axes.push(hullAxis(aligned));
  }
  return {
    inChannels: head.inChannels,
    outChannels: head.outChannels,
    groups: terms.reduce((groups, term) => gcd(groups, term.groups), 0),
    axes,
    ...(head.transposed === undefined ? {} : { transposed: head.transposed }),
  };
}

/**
 * What sizes a transposed convolution's output: stride·(n − 1) + (k − 1)·d + 1 − pads + output padding. Slack says nothing
 * of it, so that the taps must be equal in number too, or the addition broadcasts where an image has one place.
 */
function windowOf({ transposed, axes }: Geometry): string {
  return transposed === undefined ? '' : JSON.stringify([transposed, axes.map((axis) => axis.count)]);
}

function alignAxes(axes: readonly Axis[], size: number | null): readonly Axis[] | AlgebraRefusal {
  const head = axes[0] as Axis;
  const other = axes.find((axis) => axis.stride !== head.stride);
  if (other !== undefined) {
    return refuse(
      'stride-mismatch',
      `The branches step differently over their input (stride ${head.stride} and ${other.stride}); one convolution has one stride.`,
    );
  }
  if (axes.every((axis) => axis.slack === head.slack)) return axes;
  const sizes =
    size === null ? [] : axes.map((axis) => Math.floor((size + axis.slack - 1) / axis.stride) + 1);
  if (sizes.length > 0 && sizes.every((outSize) => outSize === sizes[0])) {
    // For this size any of the slacks gives the same output; the largest needs no cropping.
    const slack = Math.max(...axes.map((axis) => axis.slack));
    return axes.map((axis) => ({ ...axis, slack }));
  }
  return refuse(
    'broadcast',
    'The branches do not agree on the size of their output, so the addition broadcasts.',
  );
}

/** `then` after `before`, both without regard to what lies at the border between them (see `borderIsVirtual`). */
export function composeGeometry(before: Geometry, then: Geometry): Geometry {
  return {
    inChannels: before.inChannels,
    outChannels: then.outChannels,
    groups: composedGroups(before, then),
    axes: before.axes.map((axis, place) => composeAxis(axis, then.axes[place] as Axis)),
  };
}

/**
 * The finest grouping that holds both: a group of the composition must be a whole number of groups of
 * `before` and of `then`, and the channels between them must be cut at the same places.
 */
function composedGroups(before: Geometry, then: Geometry): number {
  return gcd(before.groups, then.groups);
}

/** Whether `then` reads outside the tensor between the two operators, where its pads make the values up. */
export function readsBetween(then: Geometry): boolean {
  return then.axes.some(
    (axis) => axis.first < 0 || axis.slack + axis.first + (axis.count - 1) * axis.step > 0,
  );
}

/**
 * Whether `before`, run on beyond its own output as far as `then` reads, would see nothing but what lies outside the image
 * there: then its virtual outputs are its response to zero, and a border that holds that response is exact.
 */
export function borderIsVirtual(before: Geometry, then: Geometry): boolean {
  return before.axes.every((axis, place) => {
    const reader = then.axes[place] as Axis;
    const readsBefore = reader.first < 0;
    const readsAfter = reader.slack + reader.first + (reader.count - 1) * reader.step > 0;
    return (!readsBefore || seesOnlyOutsideBefore(axis)) && (!readsAfter || seesOnlyOutsideAfter(axis));
  });
}
