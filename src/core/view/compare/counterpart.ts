import type { Node } from '../../ir/model';
import { sameNode, type SameValue } from '../../verify/match/sameNode';
import { variableInputs, type Side } from '../../verify/side';
import type { NodePair } from './pairNodes';

/** Which value of the right model is which value of the left one, as far as that is known. */
export interface Known {
  of(value: string): string | null;
  readonly same: SameValue;
  /** Whether a node of the right model stands for another one already. */
  isUsed(node: Node): boolean;
}

interface Sides {
  readonly left: Side;
  readonly right: Side;
}

/** A tensor may have thousands of readers, and each would be held against each. */
const MOST_READERS = 64;

/**
 * The node of the right model that computes the same from the same; else the one that computes with the same operator from the
 * same, be its numbers or attributes others.
 */
export function findCounterpart(node: Node, sides: Sides, known: Known): NodePair | null {
  const inputs = variableInputs(sides.left, node);
  const readers = fewAlike(node, readersOf(node, inputs[0], sides, known), known);
  const [first] = readers;
  // its name alone decides among equal ones
  if (first?.name === node.name && !known.isUsed(first) && sameNode(node, first, known.same))
    return { left: node, right: first, exact: true };
  const equal = readers.filter((other) => sameNode(node, other, known.same));
  const exact =
    best(
      node,
      equal.filter((other) => !known.isUsed(other)),
      sides,
    ) ?? best(node, equal, sides);
  if (exact !== null) return { left: node, right: exact, exact: true };
  const wanted = inputs.map(known.of);
  if (wanted.length === 0 || wanted.includes(null)) return null;
  const alike = readers.filter((other) => {
    const theirs = variableInputs(sides.right, other);
    return (
      !known.isUsed(other) && theirs.length === wanted.length && theirs.every((one) => wanted.includes(one))
    );
  });
  const right = best(node, alike, sides);
  return right === null ? null : { left: node, right, exact: false };
}

/** The node of the same name, where names tell: those of exporters that name by module. */
export function findByName(node: Node, { left, right }: Sides, known: Known): NodePair | null {
  if (!/\w[./]\w/.test(node.name)) return null;
  const other = right.index.producer.get(node.outputs[0] ?? '');
  if (other?.name !== node.name || other.opType !== node.opType || known.isUsed(other)) return null;
  if (!sameSizes(node, other, { left, right })) return null;
  return { left: node, right: other, exact: sameNode(node, other, known.same) };
}

/** Nodes that were put in before a node are skipped, so many in a row. */
const MOST_SKIPPED = 3;

/** Nodes that make a network what it is; nobody skips them. */
const NEVER_SKIPPED: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'MatMul', 'Gemm']);

/** The node behind what the right model has put in: the same operator, with constants of the same size. */
export function findAhead(node: Node, sides: Sides, known: Known): NodePair | null {
  const [input, ...others] = variableInputs(sides.left, node);
  let at = input === undefined ? null : known.of(input);
  if (input === undefined || others.some((value) => known.of(value) === null)) return null;
  for (let skipped = 0; at !== null && skipped <= MOST_SKIPPED; skipped++) {
    const value: string = at;
    const all = sides.right.index.consumers.get(value) ?? [];
    const readers = all.filter((other) => !known.isUsed(other)).slice(0, MOST_READERS);
    const same: SameValue = (ours, theirs) => (ours === input ? theirs === value : known.same(ours, theirs));
    const found = readers.find(
      (other) =>
        other.opType === node.opType &&
        sameSizes(node, other, sides) &&
        variableInputs(sides.right, other).length === 1 + others.length,
    );
    if (found !== undefined) return { left: node, right: found, exact: sameNode(node, found, same) };
    const next = readers.find(
      (other) => !NEVER_SKIPPED.has(other.opType) && variableInputs(sides.right, other).length === 1,
    );
    at = next?.outputs[0] ?? null;
  }
  return null;
}

/** Nodes that read what the node's first variable input corresponds to; of one that reads none, the one of its name. */
function readersOf(node: Node, first: string | undefined, { right }: Sides, known: Known): readonly Node[] {
  if (first === undefined) {
    const named = right.index.producer.get(node.outputs[0] ?? '');
    return named === undefined ? [] : [named];
  }
  const source = known.of(first);
  return source === null ? [] : (right.index.consumers.get(source) ?? []);
}

/** Nodes of the same operator: the one of the same name first, then those that stand for none yet, some of each kind. */
function fewAlike(node: Node, readers: readonly Node[], known: Known): readonly Node[] {
  const named: Node[] = [];
  const free: Node[] = [];
  const used: Node[] = [];
  for (const other of readers) {
    if (other.opType !== node.opType || other.domain !== node.domain) continue;
    const kind = other.name === node.name ? named : known.isUsed(other) ? used : free;
    if (kind.length < MOST_READERS) kind.push(other);
  }
  return [...named, ...free, ...used];
}

/** Of several, the one of the same name, else of constants of the same sizes, else the first. */
function best(node: Node, found: readonly Node[], sides: Sides): Node | null {
  return (
    found.find(({ name }) => name === node.name) ??
    found.find((other) => sameSizes(node, other, sides)) ??
    found[0] ??
    null
  );
}

function sameSizes(a: Node, b: Node, { left, right }: Sides): boolean {
  const dims = ({ facts }: Side, { inputs }: Node): string =>
    inputs.map((input) => facts.constants.get(input)?.dims.join('×') ?? '').join();
  return dims(left, a) === dims(right, b);
}
