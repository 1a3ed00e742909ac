import type { Detection } from '../../detect/detect';
import type { RefusedBlock } from '../../detect/block';
import type { Node } from '../../ir/model';
import { elementCount } from '../../tensor/tensor';
import { variableInputs, type Side } from '../side';
import type { Part } from './part';

/**
 * The affine parts of the first model, in topological order: its fusable blocks, and what somebody else's converter may
 * have merged beside them. Those are optional: where the second model has them node by node, nobody hears of them.
 *
 * - Refused blocks whose branches are linear: merging them all the same is a mistake that has a place.
 * - A convolution or product with what follows it channel by channel (BN, scale, bias), which every deploy export folds.
 */
export function linearParts({ blocks }: Pick<Detection, 'blocks'>, side: Side): readonly Part[] {
  const fusable = blocks.filter((block) => block.status === 'fusable');
  const refused = blocks.flatMap((block) => (block.status === 'refused' ? refusedPart(block, side) : []));
  const taken = new Set([...fusable, ...refused].flatMap((part) => part.region.nodes));
  const chains: Part[] = [];
  for (const node of side.index.order) {
    if (taken.has(node) || !isWeighing(node, side)) continue;
    const chain = chainAt(node, side, taken);
    for (const one of chain.region.nodes) taken.add(one);
    chains.push(chain);
  }
  return [...fusable, ...refused, ...chains].map((part) => withPad(part, side));
}

/**
 * A part that starts behind a Pad which nobody else reads starts before it: a converter may have moved the Pad into the
 * convolution, or forgotten it.
 */
function withPad(part: Part, { index, facts }: Side): Part {
  const { source, sink, nodes } = part.region;
  const pad = index.producer.get(source);
  const [before = ''] = pad?.inputs ?? [];
  if (pad?.opType !== 'Pad' || part.dynamic !== undefined || facts.constants.has(before)) return part;
  const inner = new Set(nodes);
  const isOwn = (index.consumers.get(source) ?? []).every((reader) => inner.has(reader));
  if (!isOwn || index.outputs.has(source)) return part;
  return { ...part, region: { source: before, sink, nodes: inner.has(pad) ? nodes : [pad, ...nodes] } };
}

/** Refusals that leave the block affine. */
const AFFINE_REFUSALS: ReadonlySet<string> = new Set(['border-mismatch', 'padding-mode', 'unprofitable']);

function refusedPart({ id, region, refusal }: RefusedBlock, side: Side): readonly Part[] {
  if (!AFFINE_REFUSALS.has(refusal.code)) return [];
  const inner = new Set(region.nodes);
  const escapes = region.nodes.some((node) =>
    node.outputs.some(
      (output) =>
        output !== region.sink &&
        (side.index.outputs.has(output) ||
          (side.index.consumers.get(output) ?? []).some((reader) => !inner.has(reader))),
    ),
  );
  return escapes ? [] : [{ id, region, dead: [], form: 'conv', optional: true }];
}

function isWeighing(node: Node, { facts }: Side): boolean {
  return (
    node.domain === '' &&
    ['Conv', 'ConvTranspose', 'MatMul', 'Gemm'].includes(node.opType) &&
    facts.constants.has(node.inputs[1] ?? '') &&
    !facts.constants.has(node.inputs[0] ?? '')
  );
}

function chainAt(first: Node, side: Side, taken: ReadonlySet<Node>): Part {
  const nodes = [first];
  const source = first.inputs[0] ?? '';
  let sink = first.outputs[0] ?? '';
  for (;;) {
    const readers = side.index.consumers.get(sink) ?? [];
    const [reader] = readers;
    if (reader === undefined || readers.length > 1 || side.index.outputs.has(sink)) break;
    if (taken.has(reader) || !isPerChannel(reader, sink, side)) break;
    nodes.push(reader);
    sink = reader.outputs[0] ?? '';
  }
  const rank = side.facts.types.get(source)?.dims?.length ?? 4;
  const form = { Conv: 'conv', ConvTranspose: 'convtranspose', Gemm: 'gemm' } as const;
  return {
    id: `outside:${first.name}`,
    region: { source, sink, nodes },
    dead: [],
    form:
      first.opType === 'MatMul' ? (rank === 2 ? 'gemm' : 'matmul') : form[first.opType as keyof typeof form],
    optional: true,
  };
}

const PER_CHANNEL: ReadonlySet<string> = new Set([
  ...['BatchNormalization', 'Mul', 'Div', 'Add', 'Sub', 'Neg', 'Identity', 'Dropout', 'Cast'],
]);

function isPerChannel(node: Node, value: string, side: Side): boolean {
  const inputs = variableInputs(side, node);
  if (!PER_CHANNEL.has(node.opType) || node.domain !== '' || inputs.length !== 1 || inputs[0] !== value)
    return false;
  if (node.opType === 'BatchNormalization') return true;
  // a constant with an image of its own fits one size; 1/x is not affine
  if (node.opType === 'Div' && node.inputs[0] !== value) return false;
  return node.inputs.every((input) => {
    const dims = side.facts.constants.get(input)?.dims ?? [];
    return elementCount(dims.slice(-2)) === 1 || dims.length === 1;
  });
}
