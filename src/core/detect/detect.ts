import { paths } from './branchTree';
import { describeBranch } from './branchLabel';
import { modulePath } from '../ir/modulePath';
import type { Model, Node } from '../ir/model';
import { analyse, variableInputs, type Analysis } from './analysis';
import type { Block, Branch, FusableBlock, RefusedBlock, Region } from './block';
import { isConv, isJoin, type Candidate } from './candidates';
import { mergedWork, regionWork } from './cost';
import { withDynamic } from './dynamic/withDynamic';
import { nameFamily, type Family } from './family';
import { nearMissAt, unprofitableChainAt, type NearMiss } from './nearMiss';
import { isObstacle } from './obstacle';
import { withDefaults, withheldBlocks } from './overridable';
import { collectRegion, interpret } from './region';
import { hasTransfer } from './transfer/transfer';
import { applyTransfer } from './transfer/apply';
import { plainImage } from './image';
import { refusedBranches } from './refusedBranches';
import { searchAtSizes } from './sizes';

export interface Detection {
  readonly analysis: Analysis;
  /** Fusable and refused blocks, in topological order. */
  readonly blocks: readonly Block[];
}

/** Finds every reparam block of a model, and the near misses. Reads shapes, attributes and a few constants, no kernels. */
export function detect(model: Model): Detection {
  const { analysis, blocks } = detectAsGiven(model);
  const all =
    model.graph.overridable.size === 0
      ? blocks
      : [...blocks, ...withheldBlocks(analysis, blocks, detectAsGiven(withDefaults(model)).blocks)];
  return { analysis, blocks: numbered(analysis, all) };
}

/** Topological order, and ids by it. */
export function numbered(
  { index: { producer, position } }: Analysis,
  blocks: readonly Block[],
): readonly Block[] {
  const place = (block: Block): number => position.get(producer.get(block.region.sink) as Node) ?? 0;
  return [...blocks]
    .sort((a, b) => place(a) - place(b))
    .map((block, index) => ({ ...block, id: `b${index}` }));
}

/** Blocks in any order, without ids. */
function detectAsGiven(model: Model): Detection {
  const open = analyse(model);
  const { analysis, chosen: linear } = searchAtSizes(open);
  const { dynamic, chosen, taken } = withDynamic(open, linear);
  const fusable = chosen.map((candidate) => fusableBlock(open, analysis, candidate));
  const misses = nearMisses(analysis, chosen, taken);
  const refused = misses.map((miss) => refusedBlock(open, analysis, miss));
  return { analysis: displayed(open, analysis), blocks: [...fusable, ...dynamic, ...refused] };
}

/** Constants as they were found at concrete sizes, types as open as the file leaves them. */
function displayed(open: Analysis, found: Analysis): Analysis {
  return open === found ? open : { ...found, facts: { ...found.facts, types: open.facts.types } };
}

export function fusableBlock(
  open: Analysis,
  analysis: Analysis,
  candidate: Pick<Candidate, 'region' | 'operator' | 'form' | 'dead'>,
): FusableBlock {
  const { region, operator, form, dead } = candidate;
  const shown = displayed(open, analysis);
  const branches = paths(operator);
  return {
    id: '',
    status: 'fusable',
    family: nameFamily({ paths: branches, readers: readerTypes(analysis, region) }),
    region,
    branches: branches.map(describeBranch),
    modulePath: pathOf(analysis, region),
    before: regionWork(shown, region).cost,
    after: mergedWork(shown, region, operator.geometry).cost,
    refusal: null,
    operator,
    form,
    dead,
  };
}

export function refusedBlock(
  open: Analysis,
  analysis: Analysis,
  { region, obstacle }: NearMiss,
): RefusedBlock {
  const before = regionWork(displayed(open, analysis), region).cost;
  return {
    id: '',
    status: 'refused',
    family: refusedFamily(analysis, region),
    region,
    branches: branchesOf(analysis, region),
    modulePath: pathOf(analysis, region),
    before,
    after: before,
    refusal: {
      code: obstacle.code,
      message: obstacle.message,
      nodes: obstacle.nodes.map((node) => node.name),
    },
  };
}

/** A refused block has a name only when its operator exists all the same (it is refused for its price or its readers). */
function refusedFamily(analysis: Analysis, region: Region): Family {
  const operator = interpret(analysis, region).operatorAt(region.sink);
  return isObstacle(operator)
    ? 'Linear branches'
    : nameFamily({ paths: paths(operator), readers: readerTypes(analysis, region) });
}

function branchesOf(analysis: Analysis, region: Region): readonly Branch[] {
  const operator = interpret(analysis, region).operatorAt(region.sink);
  return isObstacle(operator) ? refusedBranches(analysis, region) : paths(operator).map(describeBranch);
}

function readerTypes(analysis: Analysis, region: Region): readonly string[] {
  return (analysis.index.consumers.get(region.sink) ?? []).map((node) => node.opType);
}

function pathOf(analysis: Analysis, region: Region): string {
  const weights = region.nodes.flatMap((node) =>
    node.inputs.filter((input) => analysis.facts.constants.has(input)),
  );
  return modulePath(
    region.nodes.map((node) => node.name),
    weights,
  );
}

/** Joins and chains that are part of no block but nearly were; the outermost join speaks for those inside it. */
function nearMisses(
  analysis: Analysis,
  chosen: readonly Candidate[],
  taken: ReadonlySet<Node>,
): readonly NearMiss[] {
  const merged = new Set<Node>([...taken, ...chosen.flatMap((candidate) => candidate.region.nodes)]);
  const covered = new Set<Node>();
  const misses: NearMiss[] = [];
  for (const node of [...analysis.index.order].reverse()) {
    if (merged.has(node) || covered.has(node)) continue;
    const miss = isJoin(analysis, node)
      ? nearMissAt(analysis, node)
      : (chainMiss(analysis, node) ?? constantMiss(analysis, node, chosen));
    if (miss === null) continue;
    misses.push(miss);
    for (const inner of miss.region.nodes) covered.add(inner);
  }
  return misses;
}

/** Conv ∘ Conv with nothing but linear operators between. */
function chainMiss(analysis: Analysis, node: Node): NearMiss | null {
  const [sink] = node.outputs;
  if (!isConv(node) || sink === undefined || variableInputs(analysis, node).length !== 1) return null;
  let value = node.inputs[0] ?? '';
  for (let step = 0; step < 8; step++) {
    const before = analysis.index.producer.get(value);
    if (before === undefined || !hasTransfer(before)) return null;
    const inputs = variableInputs(analysis, before);
    const [input] = inputs;
    if (input === undefined || inputs.length !== 1) return null;
    if (isConv(before)) {
      const region = collectRegion(analysis, input, sink);
      return region === null ? null : unprofitableChainAt(analysis, node, region);
    }
    value = input;
  }
  return null;
}

/** A constant behind a block that can't go into it: say why it stays outside. */
function constantMiss(analysis: Analysis, node: Node, chosen: readonly Candidate[]): NearMiss | null {
  const [input] = variableInputs(analysis, node);
  const [sink] = node.outputs;
  if (input === undefined || sink === undefined || (node.opType !== 'Add' && node.opType !== 'Mul'))
    return null;
  const block = chosen.find((candidate) => candidate.region.sink === input);
  if (block === undefined) return null;
  const found = applyTransfer(node, {
    analysis,
    sourceSizes: [],
    ignoresBorder: () => false,
    imageOf: (value) => (value === input ? plainImage(block.operator) : null),
  });
  if (!isObstacle(found) || found.code !== 'spatially-varying') return null;
  return { region: { source: input, sink, nodes: [node] }, obstacle: found };
}
