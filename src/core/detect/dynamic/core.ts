import type { Node } from '../../ir/model';
import { imageShape, isConstant, type Analysis } from '../analysis';
import { coefficientsOf } from './coefficients';
import { readNode, type ReadContext } from './readNode';
import type { Mixed, Reading } from './reading';
import { dataInputs } from './relabel';

/** No dynamic convolution has more nodes between its source and its end. */
const MAX_NODES = 256;

/**
 * The nodes between the source and the attention's weights on one side and `sink` on the other, in topological order; null
 * where something else comes in.
 */
export function collectCore(
  analysis: Analysis,
  source: string,
  head: string,
  sink: string,
): readonly Node[] | null {
  const nodes = new Set<Node>();
  const stack = [sink];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value === source || isConstant(analysis, value)) continue;
    if (value !== sink && isOfHead(analysis, value, head)) continue;
    const node = analysis.index.producer.get(value);
    if (node === undefined || nodes.size > MAX_NODES) return null;
    if (nodes.has(node)) continue;
    nodes.add(node);
    stack.push(...dataInputs(analysis, node));
  }
  const { position } = analysis.index;
  return [...nodes].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
}

function isOfHead(analysis: Analysis, value: string, head: string): boolean {
  return value === head || coefficientsOf(analysis, value)?.head === head;
}

/** Reads a core from the source on, as far as the rules reach. */
export function readCore(
  analysis: Analysis,
  source: string,
  head: string,
  core: readonly Node[],
): ReadonlyMap<string, Reading> {
  const shape = imageShape(analysis, source, null);
  const readings = new Map<string, Reading>();
  if (shape === null) return readings;
  const context: ReadContext = { analysis, source, sourceSizes: shape.sizes, head, readings };
  for (const node of core) {
    const reading = readNode(node, context);
    // nothing behind it can be read either, but what stands beside it can
    if (reading === null) continue;
    const outputs = reading.kind === 'static' ? node.outputs : node.outputs.slice(0, 1);
    for (const output of outputs) readings.set(output, reading);
  }
  return readings;
}

/** The reading of a value that holds images; null for any other. */
export function imageAt(readings: ReadonlyMap<string, Reading>, value: string): Mixed | null {
  const reading = readings.get(value);
  return reading?.kind === 'mixed' && reading.layout.kind === 'image' ? reading : null;
}
