import { channelsPerGroup, tapCount } from '../algebra/geometry/geometry';
import type { KernelExpr } from '../algebra/kernel/kernelExpr';
import { kernelRows } from '../algebra/kernel/kernelRows';
import { convGeometry } from '../algebra/kernel/mergedConv';
import { paths } from '../detect/branchTree';
import type { Detection } from '../detect/detect';
import { readElements, writeElements } from '../tensor/convert';
import { bytesPerElement, isFloat, type DType } from '../tensor/dtype';
import type { FoldPair } from './foldTypes';

/**
 * The kernels between input channel `input` and output channel `out` of a fusable block: of each branch, and of the merged
 * tensor, rounded to the model's type as the fused file has it. null for a refused or dynamic block, an unknown id, and two
 * channels that no kernel connects (of different groups, or that there are not).
 */
export function foldPair(
  { analysis, blocks }: Detection,
  { id, out, input }: { readonly id: string; readonly out: number; readonly input: number },
): FoldPair | null {
  const block = blocks.find((candidate) => candidate.id === id);
  if (block?.status !== 'fusable' || block.dynamic !== undefined) return null;
  const { geometry } = convGeometry(block.operator.geometry);
  const width = channelsPerGroup(geometry);
  const group = Math.floor(out / (geometry.outChannels / geometry.groups));
  const channel = input - group * width;
  const inRange = Number.isInteger(out) && out >= 0 && out < geometry.outChannels;
  if (!inRange || !Number.isInteger(channel) || channel < 0 || channel >= width) return null;
  const taps = tapCount(geometry);
  const row = new Float64Array(width * taps);
  const slice = (expr: KernelExpr): Float64Array => {
    kernelRows(expr, analysis.read, geometry).fill(out, row);
    return row.slice(channel * taps, (channel + 1) * taps);
  };
  const dtype = analysis.facts.types.get(block.region.source)?.dtype ?? 'float32';
  return {
    out,
    in: input,
    branches: paths(block.operator).map((path) => Array.from(slice(path.kernel))),
    merged: Array.from(rounded(slice(block.operator), dtype)),
  };
}

function rounded(values: Float64Array, dtype: DType): Float64Array {
  if (!isFloat(dtype)) return values;
  const bytes = new Uint8Array(values.length * bytesPerElement(dtype));
  writeElements(dtype, values, bytes, 0);
  return readElements(dtype, bytes, 0, values.length);
}
