import type { BlockCheck } from './block/checkBlock';
import type { ModelMatch } from './match/matchModels';
import type { NetworkCheck } from './network/checkNetwork';
import type { Verdict } from './report';

export interface Judgement {
  readonly verdict: Verdict;
  /** One sentence. */
  readonly reason: string;
}

/** What is known once everything was tried. */
export interface Evidence {
  readonly match: ModelMatch;
  /** Of the replaced blocks. */
  readonly blocks: readonly BlockCheck[];
  readonly network: NetworkCheck;
  /** "onnxruntime-web (wasm)". */
  readonly runtime: string;
}

/** The verdict: a difference beats everything, then what leaves doubt, then what proves or shows the two to be one function. */
export function judge(evidence: Evidence): Judgement {
  const difference = differenceIn(evidence);
  if (difference !== null) return { verdict: 'not-equivalent', reason: difference };
  const doubt = doubtIn(evidence);
  if (doubt !== null) return { verdict: 'inconclusive', reason: doubt };
  return { verdict: 'equivalent', reason: agreement(evidence) };
}

function differenceIn({ match, blocks, network }: Evidence): string | null {
  const wrong = blocks.filter((block) => block.comparison.verdict === 'not-equivalent');
  const [first] = wrong;
  if (first !== undefined) {
    const more = wrong.length - 1;
    const others = more === 0 ? '' : more === 1 ? ' So does 1 other block.' : ` So do ${more} other blocks.`;
    return `${named(first.comparison.id)} differs. ${first.comparison.faults[0]?.message ?? ''}${others}`;
  }
  if (network.mismatch !== null) return network.mismatch;
  if (network.exactRatio !== null && network.exactRatio > 1) {
    const ratio = network.exactRatio.toPrecision(2);
    return `In float64 the outputs differ by ${ratio} times what rounding of the weights explains${changedNode(match)}.`;
  }
  return null;
}

function named(id: string): string {
  return id.startsWith('outside:')
    ? `Node "${id.slice('outside:'.length)}", outside the blocks,`
    : `Block ${id}`;
}

function changedNode({ changed }: ModelMatch): string {
  const [first] = changed;
  return first === undefined ? '' : `; the first node without an equal is "${first.name}" (${first.opType})`;
}

function doubtIn({ match, blocks, network, runtime }: Evidence): string | null {
  const hasExact = network.exactRatio !== null;
  const inFloat64 = hasExact || match.isComplete ? ' In float64 the fusion shows no difference.' : '';
  const fault = blocks.find((block) => block.backendFault !== null)?.backendFault ?? network.backendFault;
  if (fault !== null) return `${runtime} ${fault}.${inFloat64}`;
  if (network.nonFinite === 'all')
    return 'All outputs are infinite or not a number in both models, so nothing can be compared.';
  const unknown = blocks.find((block) => block.comparison.verdict === 'inconclusive')?.comparison;
  if (unknown !== undefined && !hasExact) return `Block ${unknown.id} can't be judged: ${unknown.scope}.`;
  if (!match.isComplete && !hasExact) {
    return `The blocks can't be matched${changedNode(match)}, and ${network.notExact ?? 'nothing could be evaluated in float64'}.`;
  }
  if (network.fusedNotRun !== null) {
    return `${runtime} can't run the second model: ${network.fusedNotRun}${inFloat64}`;
  }
  if (network.runRatio !== null && network.runRatio > 1) {
    const ratio = network.runRatio.toPrecision(2);
    return `On ${runtime} the outputs differ by ${ratio} times their tolerance, though float64 evaluations of both agree.`;
  }
  return sampledOnly(match, blocks, network);
}

/** No difference was found, but there is no certificate either. */
function sampledOnly(match: ModelMatch, blocks: readonly BlockCheck[], network: NetworkCheck): string | null {
  const unsure = blocks.find((block) => block.doubt !== null);
  if (match.isComplete && unsure === undefined) return null;
  const why = match.isComplete
    ? `block ${unsure?.comparison.id ?? ''} has no certificate (${unsure?.doubt ?? ''})`
    : `the graphs can't be matched node by node${changedNode(match)}`;
  const ratio = (network.exactRatio ?? 0).toPrecision(2);
  return `No difference found, by sampling only: ${why}; float64 evaluations of both agree within ${ratio} of what rounding of the weights explains.`;
}

function agreement({ blocks, network, runtime }: Evidence): string {
  const ran =
    network.notRun === null
      ? `${count(network.samples.length, 'run')} on ${runtime} (${[...new Set(network.samples)].join('; ')})`
      : `no run on ${runtime} (${network.notRun})`;
  const ratios = blocks.map((block) => block.comparison.ratio ?? 0);
  const merged =
    blocks.length === 0
      ? 'No block was replaced and every node is the same'
      : `${count(blocks.length, 'merged block')} ${blocks.length === 1 ? 'agrees' : 'agree'} with the original tap by tap and within ${Math.max(...ratios).toPrecision(2)} of the rounding bound, and every other node is the same`;
  const odd =
    network.nonFinite === 'some' ? ' Some outputs are infinite or not a number in both models alike.' : '';
  const unbounded =
    network.notExact === null
      ? ''
      : ` The outputs have no tolerance: ${network.notExact.replace(/\.$/, '')}.`;
  return `${merged}; ${ran}.${odd}${unbounded}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
