import type { Graph, Node } from '../../ir/model';
import type { AtenProgram } from '../program/atenGraph';
import { lowerProgram } from '../lower/lowerProgram';
import { newPlaces } from './newPlaces';
import { readsOf } from './rawCall';
import { Replay, type Step } from './replay';
import { sameNode } from './sameNode';
import type { JsonObject } from './taggedJson';

/** What a call of the program became, and what its names stood for when it was made. */
export interface TracedCall {
  readonly step: Step;
  /** Of the names that it reads; null for a view that was out of date. */
  readonly values: ReadonlyMap<string, string | null>;
}

export interface Trace {
  readonly calls: readonly TracedCall[];
  /** The graph's outputs at the end, read as a caller gets them. */
  readonly end: ReturnType<Replay['read']>;
  /** What the names of tensors held and inputs stand for at first and at last. */
  readonly first: readonly (readonly [string, string])[];
  readonly last: ReadonlyMap<string, string | null>;
}

/** Lowers the program again, call by call; it gives the names that the model has. */
export function traceCalls(
  program: AtenProgram,
  raw: readonly JsonObject[],
  outputs: readonly string[],
): Trace {
  const replay = new Replay(program);
  const first = replay.start();
  const calls = program.graph.nodes.map((node, place) => {
    const names = readsOf(raw[place] ?? {});
    const values = new Map(names.map((name) => [name, replay.valueOf(name)]));
    return { step: replay.call(node), values };
  });
  const end = replay.read(outputs);
  return { calls, end, first, last: new Map(first.map(([name]) => [name, replay.valueOf(name)])) };
}

/**
 * What becomes of a call: `kept` as it is; `gone`, replaced by nodes of the new graph; `silent`, one that the graph
 * of the model has no node for (a copy, an assertion, a counter), kept where somebody needs it.
 */
export type Fate = 'kept' | 'gone' | 'silent';

export interface Fates {
  readonly calls: readonly Fate[];
  /** Nodes of the new graph that no kept call makes, by the call that they stand behind; −1: before all. */
  readonly behind: ReadonlyMap<number, readonly Node[]>;
  /** The call that a node of the original graph comes from. */
  readonly callOf: ReadonlyMap<string, number>;
}

/** Compares the graph that the program means with the one to be written. */
export function callFates(program: AtenProgram, { calls }: Trace, graph: Graph): Fates {
  const original = new Map(lowerProgram(program).graph.nodes.map((node) => [node.name, node]));
  const now = new Map(graph.nodes.map((node) => [node.name, node]));
  const callOf = new Map<string, number>();
  const fates = calls.map(({ step }, place): Fate => {
    const live = step.nodes.filter((node) => original.has(node.name));
    for (const node of live) callOf.set(node.name, place);
    if (live.length === 0) return 'silent';
    const stays = (node: Node): boolean => {
      const one = now.get(node.name);
      return one !== undefined && sameNode(one, node);
    };
    return live.every(stays) ? 'kept' : 'gone';
  });
  const isKept = ({ name }: Node): boolean => fates[callOf.get(name) ?? -1] === 'kept';
  // copies of what is given back as it came are no calls
  const made = graph.nodes.filter(
    (node) => !isKept(node) && (callOf.has(node.name) || !original.has(node.name)),
  );
  const madeAt = new Map(
    calls.flatMap(({ step }, place) =>
      step.nodes.flatMap(({ outputs }) => outputs.map((output): [string, number] => [output, place])),
    ),
  );
  const behind = new Map<number, Node[]>();
  for (const [node, place] of newPlaces(graph, made, isKept, { callOf, madeAt }))
    behind.set(place, [...(behind.get(place) ?? []), node]);
  return { calls: fates, behind, callOf };
}
