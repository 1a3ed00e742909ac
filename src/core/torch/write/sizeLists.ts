import { intAttribute } from '../../ir/attributes';
import type { Node } from '../../ir/model';
import { raise } from '../../result';
import { readElements } from '../../tensor/convert';
import { elementCount } from '../../tensor/tensor';
import type { CallMaker } from './callMaker';
import type { WrittenSize } from './rawCall';
import { fixedSize } from './rawSizes';

/** Lists of sizes: in the IR tensors of int64, in a program arguments of calls. */

/** A constant list of whole numbers; null for anything else. */
export function numbersOf(value: string, { graph }: CallMaker): readonly number[] | null {
  const tensor = graph.initializers.get(value);
  if (tensor === undefined || tensor.dtype !== 'int64' || tensor.dims.length > 1) return null;
  return [...readElements('int64', tensor.bytes(), 0, elementCount(tensor.dims))];
}

/** Whether a value is made of shapes and constants. */
export function isSizes(value: string, maker: CallMaker, depth = 0): boolean {
  const node = maker.producer(value);
  if (node === undefined || node.domain !== '' || depth > MOST_DEPTH) return false;
  if (node.opType === 'Shape') return true;
  const parts = PARTS.get(node.opType)?.(node);
  return (
    parts !== undefined &&
    parts.some((part) => isSizes(part, maker, depth + 1)) &&
    parts.every((part) => numbersOf(part, maker) !== null || isSizes(part, maker, depth + 1))
  );
}

/** Lists that are made of lists are so a few times over. */
const MOST_DEPTH = 8;

const PARTS: ReadonlyMap<string, (node: Node) => readonly string[]> = new Map([
  ['Concat', ({ inputs }) => inputs],
  ['Gather', ({ inputs }) => inputs.slice(0, 1)],
]);

/** @throws ProblemError `unsupported` for a list that is not made of shapes and constants. */
export function sizesOf(value: string, reader: Node, maker: CallMaker): readonly WrittenSize[] {
  const numbers = numbersOf(value, maker);
  if (numbers !== null) return numbers;
  const node = isSizes(value, maker) ? maker.producer(value) : undefined;
  const [first = ''] = node?.inputs ?? [];
  switch (node?.opType) {
    case 'Shape':
      return shapeOf(node, reader, maker);
    case 'Concat':
      return node.inputs.flatMap((part) => sizesOf(part, reader, maker));
    case 'Gather': {
      const all = sizesOf(first, reader, maker);
      const places = numbersOf(node.inputs[1] ?? '', maker) ?? unknown(reader);
      return places.map((place) => all[place < 0 ? place + all.length : place] ?? unknown(reader));
    }
    default:
      return unknown(reader);
  }
}

function shapeOf(node: Node, reader: Node, maker: CallMaker): readonly WrittenSize[] {
  const name = maker.operand(node.inputs[0] ?? '');
  const dims = maker.meta(name).sizes;
  const axes = dims.map((_, axis) => axis);
  const start = intAttribute(node, 'start', 0);
  const end = intAttribute(node, 'end', dims.length);
  return axes
    .slice(start, end)
    .map((axis) => fixedSize(dims[axis]) ?? { name: maker.size(reader, name, axis) });
}

function unknown({ name }: Node): never {
  return raise(
    'unsupported',
    `The merged model can't be written as .pt2: the sizes that "${name}" reads are computed; write it as .onnx.`,
  );
}
