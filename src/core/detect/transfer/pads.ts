import { floatAttribute, intsAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { readElements } from '../../tensor/convert';
import { elementCount } from '../../tensor/tensor';
import type { Analysis } from '../analysis';

export interface Pads {
  readonly begin: number;
  readonly end: number;
}

/** Pads of every axis of a Pad node, from its attribute or inputs; null where they are not constant. */
export function padsPerAxis(node: Node, rank: number, analysis: Analysis): readonly Pads[] | null {
  const flat = intsAttribute(node, 'pads') ?? intsConstant(node.inputs[1] ?? '', analysis);
  const axes = node.inputs[3]
    ? intsConstant(node.inputs[3], analysis)
    : Array.from({ length: rank }, (_, axis) => axis);
  if (flat === null || axes === null || flat.length !== 2 * axes.length) return null;
  const pads: Pads[] = Array.from({ length: rank }, () => ({ begin: 0, end: 0 }));
  axes.forEach((axis, place) => {
    pads[(axis + rank) % rank] = { begin: flat[place] ?? 0, end: flat[place + axes.length] ?? 0 };
  });
  return pads;
}

/** The value that a constant Pad writes; NaN where it depends on the input, which equals no border. */
export function padValue(node: Node, analysis: Analysis): number {
  const name = node.inputs[2] ?? '';
  if (name === '') return floatAttribute(node, 'value', 0);
  const tensor = analysis.facts.constants.get(name);
  return tensor === undefined ? NaN : (readElements(tensor.dtype, tensor.bytes(), 0, 1)[0] ?? 0);
}

/** A small integer constant; null where it is not constant or not small. */
export function intsConstant(name: string, analysis: Analysis): readonly number[] | null {
  const tensor = analysis.facts.constants.get(name);
  if (tensor === undefined || elementCount(tensor.dims) > 4096) return null;
  return [...readElements(tensor.dtype, tensor.bytes(), 0, elementCount(tensor.dims))];
}
