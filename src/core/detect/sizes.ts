import type { Node } from '../ir/model';
import { candidateBindings, symbolicDims } from '../passes/specialise';
import { analyseAt, isConstant, type Analysis } from './analysis';
import { candidates, choose, type Candidate } from './candidates';
import { isObstacle } from './obstacle';
import { collectRegion, interpret } from './region';

/** The analysis in which blocks were found, and the blocks to merge. */
export interface Search {
  readonly analysis: Analysis;
  readonly chosen: readonly Candidate[];
}

/** Two sizes to find a region at, one more that it was not found at; where only the batch is open, one and one. */
const SIZES = 3;
const BATCHES = 2;

/**
 * Searches a model whose shape arithmetic can't be folded while sizes are open (bias padding at any batch size is a sea of
 * Shape, Range and Expand): at concrete sizes at which the model runs. What is chosen at the first must be found at the
 * others too, with the same operator to the last number. Exports with a baked batch run at one batch only.
 */
export function searchAtSizes(open: Analysis): Search {
  const bound = dependsOnSizes(open) ? runnable(open) : [];
  const [first, ...others] = bound;
  if (first === undefined) return { analysis: open, chosen: choose(candidates(open)) };
  return { analysis: first, chosen: chooseHolding(candidates(first), others) };
}

/** Chooses, and chooses again without those that do not hold at all sizes. */
function chooseHolding(found: readonly Candidate[], others: readonly Analysis[]): readonly Candidate[] {
  const failed = new Set<Candidate>();
  const held = new Set<Candidate>();
  for (;;) {
    const chosen = choose(found.filter((candidate) => !failed.has(candidate)));
    const doubtful = chosen.filter((candidate) => !held.has(candidate));
    if (doubtful.length === 0) return chosen;
    for (const candidate of doubtful) {
      const holds = others.every((analysis) => holdsAt(analysis, candidate));
      (holds ? held : failed).add(candidate);
    }
  }
}

/** Whether some node has an index, a shape or a bound that stays open only because the sizes are. */
function dependsOnSizes(analysis: Analysis): boolean {
  if (symbolicDims(analysis.model).length === 0) return false;
  return analysis.index.order.some((node) => SIZED.has(node.opType) && hasOpenParameter(analysis, node));
}

const SIZED = new Set([
  'ScatterND',
  'Reshape',
  'Expand',
  'Slice',
  'Pad',
  'Split',
  'Tile',
  'ConstantOfShape',
  'Range',
]);

function hasOpenParameter(analysis: Analysis, node: Node): boolean {
  return node.inputs.some((input, place) => place > 0 && input !== '' && !isConstant(analysis, input));
}

function runnable(open: Analysis): readonly Analysis[] {
  const analyses: Analysis[] = [];
  const wanted = symbolicDims(open.model).length > 1 ? SIZES : BATCHES;
  for (const bindings of candidateBindings(open.model, open.openTable)) {
    const analysis = analyseAt(open, bindings);
    if (analysis !== null) analyses.push(analysis);
    if (analyses.length === wanted) break;
  }
  return analyses;
}

function holdsAt(analysis: Analysis, { region, operator }: Candidate): boolean {
  const again = collectRegion(analysis, region.source, region.sink);
  if (again === null || again.nodes.length !== region.nodes.length) return false;
  if (again.nodes.some((node, place) => node !== region.nodes[place])) return false;
  const found = interpret(analysis, again).operatorAt(region.sink);
  return !isObstacle(found) && JSON.stringify(found) === JSON.stringify(operator);
}
