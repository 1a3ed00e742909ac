import type { Detection } from '../../detect/detect';
import type { Node } from '../../ir/model';
import { linearParts } from '../../verify/match/linearParts';
import type { Side } from '../../verify/side';
import { mapPlaces, type Place } from '../map/places';
import type { CompareDetail, CompareLink, ComparePlace, CompareView, LinkKind } from './compareTypes';
import { Groups } from './groups';
import { nodeDetails, type Budget } from './nodeDetails';
import { portLinks } from './portLinks';
import { pairNodes, type NodePair, type Pairing, type RegionPair } from './pairNodes';

/** Weights of a middle-sized network; what is beyond is said to differ, not by how much. */
const MOST_ELEMENTS = 2 ** 25;

/** More differences of one pair than this nobody reads. */
const MOST_DETAILS = 40;

interface Model {
  readonly side: Side;
  readonly places: readonly Place[];
  /** Place of each node, by number. */
  readonly placeOf: ReadonlyMap<Node, number>;
}

/**
 * Which blocks and nodes of one model are which of another, and in what they differ. Reads the numbers that both store, runs
 * nothing: whether a merged block computes the same is for a verification to say.
 */
export function compareModels(left: Detection, right: Detection): CompareView {
  // the form with its branches apart is what the other was made from
  const swapped = fusable(right) > fusable(left);
  const [first, second] = swapped ? [right, left] : [left, right];
  const links = compared(first, second);
  const all = swapped ? links.map(mirrored) : links;
  const counts = { same: 0, merged: 0, weights: 0, changed: 0, left: 0, right: 0 };
  for (const { kind } of all) counts[kind] += 1;
  return { original: swapped ? 'right' : 'left', related: areRelated(all, left, right), links: all, counts };
}

/** Activations are the same everywhere: something with weights has to be found again, where there is any. */
function areRelated(links: readonly CompareLink[], left: Detection, right: Detection): boolean {
  const weighing = weighingKeys(left);
  const known = links.filter(({ kind }) => kind === 'same' || kind === 'merged' || kind === 'weights');
  if (weighing.size > 0) return known.some((link) => link.left.some(({ key }) => weighing.has(key)));
  return weighingKeys(right).size === 0 && known.some((link) => link.left.some(({ nodes }) => nodes > 0));
}

function weighingKeys(detection: Detection): ReadonlySet<string> {
  const { constants } = detection.analysis.facts;
  const weighs = (node: Node): boolean =>
    node.inputs.some((input) => (constants.get(input)?.dims.length ?? 0) > 1);
  const places = mapPlaces(detection).filter(({ nodes }) => nodes.some(weighs));
  return new Set(places.map(({ key }) => key));
}

function fusable({ blocks }: Detection): number {
  return blocks.filter(({ status }) => status === 'fusable').length;
}

function mirrored({ kind, left, right, details }: CompareLink): CompareLink {
  const turned: Readonly<Partial<Record<LinkKind, LinkKind>>> = { left: 'right', right: 'left' };
  return {
    kind: turned[kind] ?? kind,
    left: right,
    right: left,
    details: details.map((detail) =>
      detail.what === 'weights' ? detail : { ...detail, left: detail.right, right: detail.left },
    ),
  };
}

function compared(first: Detection, second: Detection): readonly CompareLink[] {
  const [left, right] = [modelOf(first), modelOf(second)];
  const sinks = new Map(second.blocks.map(({ region, status }) => [region.sink, status]));
  const pairing = pairNodes(left.side, right.side, linearParts(first, left.side), sinks);
  return [
    ...portLinks('input', pairing.inputs, left.side, right.side),
    ...linkGroups(left, right, pairing),
    ...portLinks('output', pairing.outputs, left.side, right.side),
  ];
}

function modelOf(detection: Detection): Model {
  const places = mapPlaces(detection);
  const placeOf = new Map(places.flatMap(({ nodes }, at) => nodes.map((node) => [node, at] as const)));
  // the facts that the map is drawn by: what is a constant there is none here either
  const { model, index, facts } = detection.analysis;
  return { side: { model, index, facts }, places, placeOf };
}

interface Group {
  readonly left: number[];
  readonly right: number[];
  readonly pairs: NodePair[];
  readonly regions: RegionPair[];
}

/** Items that share a pair of nodes or of regions are one link; the rest is alone on its side. */
function linkGroups(left: Model, right: Model, { pairs, regions }: Pairing): readonly CompareLink[] {
  const count = left.places.length;
  const groups = new Groups(count + right.places.length);
  // one file may be compared with itself: then the nodes of both sides are the same objects
  const numbers = (nodes: readonly Node[], model: Model): readonly number[] =>
    nodes.flatMap((node) => model.placeOf.get(node) ?? []).map((at) => (model === left ? at : count + at));
  const join = (ours: readonly Node[], theirs: readonly Node[]): void => {
    const [one, ...others] = [...numbers(ours, left), ...numbers(theirs, right)];
    for (const other of others) groups.join(one as number, other);
  };
  for (const pair of pairs) join([pair.left], [pair.right]);
  for (const region of regions) join(region.left, region.right);
  const found = new Map<number, Group>();
  for (let at = 0; at < count + right.places.length; at++) {
    const top = groups.of(at);
    let group = found.get(top);
    if (group === undefined) found.set(top, (group = { left: [], right: [], pairs: [], regions: [] }));
    if (at < count) group.left.push(at);
    else group.right.push(at - count);
  }
  const groupOf = (node: Node | undefined): Group | undefined => {
    const at = node === undefined ? undefined : left.placeOf.get(node);
    return at === undefined ? undefined : found.get(groups.of(at));
  };
  for (const pair of pairs) groupOf(pair.left)?.pairs.push(pair);
  for (const region of regions) groupOf(region.left[0])?.regions.push(region);
  return inOrder([...found.values()], left, right);
}

/** By the left model's data; what is on the right only comes behind what stands before it there. */
function inOrder(groups: readonly Group[], left: Model, right: Model): readonly CompareLink[] {
  const both = groups.filter((group) => group.left.length > 0 && group.right.length > 0);
  const before = new Map(
    both.flatMap((group) => group.right.map((at) => [at, group.left.at(-1) ?? 0] as const)),
  );
  const behind: number[] = [];
  let last = -1;
  for (let at = 0; at < right.places.length; at++) behind.push((last = before.get(at) ?? last));
  const placed = groups.map((group) => {
    const [at] = group.left;
    return { group, at: at ?? (behind[group.right[0] ?? 0] as number) + 0.5, then: group.right[0] ?? 0 };
  });
  const ordered = placed.sort((a, b) => a.at - b.at || a.then - b.then).map(({ group }) => group);
  const budget: Budget = { elements: MOST_ELEMENTS };
  return runs(ordered, left, right).map((group) => linkOf(group, left, right, budget));
}

/** Neighbours in one module that only one side has are one difference. */
function runs(groups: readonly Group[], left: Model, right: Model): readonly Group[] {
  const merged: Group[] = [];
  for (const group of groups) {
    const last = merged.at(-1);
    if (last !== undefined && isAlone(group) && areOne(last, group, left, right)) {
      last.left.push(...group.left);
      last.right.push(...group.right);
    } else merged.push(group);
  }
  return merged;
}

function isAlone(group: Group): boolean {
  return group.left.length === 0 || group.right.length === 0;
}

function areOne(a: Group, b: Group, left: Model, right: Model): boolean {
  if (!isAlone(a) || (a.left.length === 0) !== (b.left.length === 0)) return false;
  const [model, one, other] = a.left.length > 0 ? [left, a.left, b.left] : [right, a.right, b.right];
  const [from, to] = [one.at(-1) ?? 0, other[0] ?? 0];
  return to === from + 1 && model.places[from]?.within === model.places[to]?.within;
}

function linkOf(group: Group, left: Model, right: Model, budget: Budget): CompareLink {
  const sides = { left: left.side, right: right.side };
  const details = group.pairs
    .filter(({ exact }) => !exact)
    .flatMap((pair) => nodeDetails(pair.left, pair.right, sides, budget));
  return {
    kind: kindOf(group, details),
    left: group.left.map((at) => placeView(left.places[at] as Place)),
    right: group.right.map((at) => placeView(right.places[at] as Place)),
    details: details.slice(0, MOST_DETAILS),
  };
}

function kindOf({ left, right, pairs, regions }: Group, details: readonly CompareDetail[]): LinkKind {
  if (right.length === 0) return 'left';
  if (left.length === 0) return 'right';
  if (regions.length > 0) return regions.some(isRearranged) ? 'changed' : 'merged';
  if (details.length === 0) return pairs.length > 0 ? 'same' : 'changed';
  return details.every(({ what }) => what === 'weights') ? 'weights' : 'changed';
}

/** Other nodes in the same number are no merge, nor are two forms that both still have their branches apart. */
function isRearranged({ left, right, apart }: RegionPair): boolean {
  return apart || left.length === right.length;
}

function placeView({ key, within, label, kind, nodes }: Place): ComparePlace {
  return { key, within, label, kind, nodes: nodes.length };
}
