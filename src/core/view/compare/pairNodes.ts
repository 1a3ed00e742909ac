import type { Block } from '../../detect/block';
import type { Node } from '../../ir/model';
import { nodesBetween } from '../../verify/certificate/nodesBetween';
import {
  correspondingInputs,
  correspondingOutputs,
  type Correspondence,
} from '../../verify/match/correspondence';
import { sinkCandidates, standIn } from '../../verify/match/findSink';
import { liveItems } from '../../verify/match/items';
import { IDENTICAL } from '../../verify/match/likeness';
import type { Part } from '../../verify/match/part';
import { isFloat } from '../../tensor/dtype';
import { variableInputs, type Side } from '../../verify/side';
import { findAhead, findByName, findCounterpart, type Known } from './counterpart';

/** Two nodes that stand for each other; `exact`: they compute the same from the same. */
export interface NodePair {
  readonly left: Node;
  readonly right: Node;
  readonly exact: boolean;
}

/** Two groups of nodes that lead from the same tensor to the same tensor in different ways. */
export interface RegionPair {
  readonly left: readonly Node[];
  readonly right: readonly Node[];
  /** Whether the right ones are a block whose branches could be merged as well. */
  readonly apart: boolean;
}

export interface Pairing {
  readonly pairs: readonly NodePair[];
  readonly regions: readonly RegionPair[];
  /** Names of the right model's inputs and outputs by the left one's. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
}

/**
 * Goes through the left model from its inputs on and looks for everything in the right one. As matching for a verification,
 * but for the eye: what has other numbers still is the same node, and behind a node that was added or left out the search goes on.
 *
 * @param sinks tensors in which the right model's own blocks end, and what is known of those.
 */
export function pairNodes(
  left: Side,
  right: Side,
  parts: readonly Part[],
  sinks: ReadonlyMap<string, Block['status']>,
): Pairing {
  const values = correspondingInputs(left, right, {
    ...IDENTICAL,
    dtypes: (a, b) => a === b || (isFloat(a) && isFloat(b)),
  });
  const inputs = new Map(left.model.graph.inputs.flatMap(({ name }) => pairOf(name, values.of(name))));
  const outputs = correspondingOutputs(left, right) ?? new Map<string, string>();
  const walk = new Walk(left, right, values, { outputs, sinks });
  for (const item of liveItems(left, parts)) {
    if (item.kind === 'node') walk.node(item.node);
    else walk.block(item.block);
  }
  return { pairs: walk.pairs, regions: walk.regions, inputs, outputs };
}

function pairOf(name: string, other: string | null): readonly (readonly [string, string])[] {
  return other === null ? [] : [[name, other]];
}

interface Ends {
  readonly outputs: ReadonlyMap<string, string>;
  readonly sinks: ReadonlyMap<string, Block['status']>;
}

class Walk {
  readonly pairs: NodePair[] = [];
  readonly regions: RegionPair[] = [];
  private readonly used = new Set<Node>();

  constructor(
    private readonly left: Side,
    private readonly right: Side,
    private readonly values: Correspondence,
    private readonly ends: Ends,
  ) {}

  node(node: Node): void {
    const known = this.known();
    const sides = { left: this.left, right: this.right };
    const found =
      findCounterpart(node, sides, known) ?? findByName(node, sides, known) ?? findAhead(node, sides, known);
    if (found !== null) {
      this.take([found]);
      return;
    }
    // the right model has nothing in its place: what reads it may go on where it reads itself
    const [input, ...others] = variableInputs(this.left, node);
    const at = input === undefined || others.length > 0 ? null : this.values.of(input);
    if (at !== null) this.values.set(node.outputs[0] ?? '', at);
  }

  block(part: Part): void {
    const { source, sink } = part.region;
    const nodes = [...part.region.nodes].sort((a, b) => this.place(a) - this.place(b));
    const start = this.values.of(source);
    const one = start === null ? null : this.pairAll(nodes);
    if (one !== null) {
      this.take(one);
      return;
    }
    const end = start === null ? undefined : this.sinkOf(part, start);
    if (start === null || end === undefined) {
      for (const node of nodes) this.node(node);
      const other = this.values.of(sink) === null ? standIn(part, this.values, this.ends.outputs) : null;
      if (other !== null) this.values.set(sink, other);
      return;
    }
    this.values.set(sink, end);
    const there = nodesBetween({ side: this.right, source: start, sink: end });
    for (const node of there) this.used.add(node);
    const apart = !part.optional && this.ends.sinks.get(end) === 'fusable';
    this.regions.push({ left: nodes, right: there, apart });
  }

  private place(node: Node): number {
    return this.left.index.position.get(node) ?? 0;
  }

  /** Where a block ends in the right model: where a block of its own ends, else at the first tensor that may be it. */
  private sinkOf(part: Part, source: string): string | undefined {
    const found = sinkCandidates(part, this.values, this.ends.outputs).filter((sink) =>
      nodesBetween({ side: this.right, source, sink }).every((node) => !this.used.has(node)),
    );
    return found.find((sink) => this.ends.sinks.has(sink)) ?? found[0];
  }

  /** A counterpart for each node of a block, no two the same; null where one has none. */
  private pairAll(nodes: readonly Node[]): readonly NodePair[] | null {
    const local = new Map<string, string>();
    const used = new Set<Node>();
    const known = this.known(local, used);
    const pairs: NodePair[] = [];
    for (const node of nodes) {
      const found = findCounterpart(node, { left: this.left, right: this.right }, known);
      if (found === null) return null;
      pairs.push(found);
      used.add(found.right);
      eachOutput(found, (ours, theirs) => local.set(ours, theirs));
    }
    return pairs;
  }

  private take(pairs: readonly NodePair[]): void {
    for (const pair of pairs) {
      this.pairs.push(pair);
      this.used.add(pair.right);
      eachOutput(pair, (ours, theirs) => this.values.set(ours, theirs));
    }
  }

  /** What is known so far, with suppositions on top. */
  private known(local: ReadonlyMap<string, string> = new Map(), used: ReadonlySet<Node> = new Set()): Known {
    const { constants } = this.left.facts;
    const of = (value: string): string | null => local.get(value) ?? this.values.of(value);
    return {
      of,
      same: (ours, theirs) =>
        constants.has(ours) || this.right.facts.constants.has(theirs)
          ? this.values.same(ours, theirs)
          : of(ours) === theirs,
      isUsed: (node) => this.used.has(node) || used.has(node),
    };
  }
}

function eachOutput({ left, right }: NodePair, act: (ours: string, theirs: string) => void): void {
  left.outputs.forEach((output, place) => {
    const theirs = right.outputs[place];
    if (output !== '' && theirs !== undefined && theirs !== '') act(output, theirs);
  });
}
