import { identity, points, type Operator } from '../algebra/operator';
import { pointAxis } from '../algebra/geometry/axis';
import { stringAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';
import { imageShape, type Analysis } from './analysis';
import { padsPerAxis, type Pads } from './transfer/pads';

/**
 * The tensors from which a region with this source may be entered, with their operators with respect to it. Usually the
 * source alone. Behind a reflecting, replicating or wrapping Pad the source is the padded tensor, and the tensor before the
 * Pad is a crop of it, as is every narrower Pad of the same tensor in the same mode.
 */
export function entrances(
  analysis: Analysis,
  source: string,
  order: readonly number[] | null,
): ReadonlyMap<string, Operator> {
  const shape = imageShape(analysis, source, order);
  if (shape === null) return new Map();
  const rank = shape.sizes.length;
  const found = new Map<string, Operator>([[source, identity(shape.channels, rank)]]);
  const pad = analysis.index.producer.get(source);
  const own = pad === undefined || order !== null ? null : continuingPads(analysis, pad, rank);
  const fork = pad?.inputs[0];
  if (pad === undefined || own === null || fork === undefined) return found;
  const enter = (value: string, pads: readonly Pads[]): void => {
    const crop = cropping(own, pads);
    if (crop !== null && !found.has(value)) found.set(value, points(shape.channels, crop));
  };
  enter(
    fork,
    own.map(() => ({ begin: 0, end: 0 })),
  );
  for (const sibling of analysis.index.consumers.get(fork) ?? []) {
    if (stringAttribute(sibling, 'mode', '') !== stringAttribute(pad, 'mode', '')) continue;
    const pads = continuingPads(analysis, sibling, rank);
    if (pads !== null) enter(sibling.outputs[0] ?? '', pads);
  }
  return found;
}

/** Outputs of the Pads that continue the image which `fork` is: sources for branches that all read the padded tensor. */
export function paddedForks(analysis: Analysis, fork: string): readonly string[] {
  const rank = imageShape(analysis, fork, null)?.sizes.length ?? 0;
  return (analysis.index.consumers.get(fork) ?? []).flatMap((node) =>
    continuingPads(analysis, node, rank) === null ? [] : node.outputs.slice(0, 1),
  );
}

/** Spatial pads of a Pad that reflects, replicates or wraps; null for any other node. */
function continuingPads(analysis: Analysis, node: Node, rank: number): readonly Pads[] | null {
  if (node.opType !== 'Pad' || node.domain !== '') return null;
  if (stringAttribute(node, 'mode', 'constant') === 'constant') return null;
  const pads = padsPerAxis(node, rank + 2, analysis);
  if (
    pads?.every(({ begin, end }, axis) => begin >= 0 && end >= 0 && (axis > 1 || begin + end === 0)) !== true
  )
    return null;
  return pads.slice(2);
}

/** The axes that cut a tensor padded by `wide` down to one padded by `narrow`; null where it is not narrower. */
function cropping(wide: readonly Pads[], narrow: readonly Pads[]) {
  const axes = wide.map((pad, axis) => {
    const begin = pad.begin - (narrow[axis]?.begin ?? 0);
    const end = pad.end - (narrow[axis]?.end ?? 0);
    return begin < 0 || end < 0 ? null : pointAxis(1, begin, -begin - end);
  });
  return axes.some((axis) => axis === null) ? null : axes.flatMap((axis) => axis ?? []);
}
