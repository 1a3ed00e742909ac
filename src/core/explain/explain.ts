import { analyse } from '../detect/analysis';
import type { BlockPart } from '../verify/block/blockRuns';
import type { BlockComparison, Fault, VerificationReport } from '../verify/report';
import { verifyModels, type Diagnose, type VerifyOptions } from '../verify/verify';
import { diagnose } from './diagnose';
import { errorMapOf } from './errorMap';
import { ALIKE } from './likeness';
import { plainModel } from './plainModel';

/**
 * Compares any two models that should be one function, a train form and its deploy form, and says for each block that differs
 * what the converter did wrong. Names, the order of nodes, weights in another type, blocks left as they were or folded further
 * are no differences.
 * @throws ProblemError `cancelled` when told to stop; what is wrong with the models goes into the report.
 */
export async function explainModels(options: VerifyOptions): Promise<VerificationReport> {
  const { analysis: train } = options.original;
  const fused = plainModel(options.fused);
  let deployed: ReturnType<typeof analyse> | null = null;
  const explain: Diagnose = (match, sides, comparison) => {
    const { block, source, sink } = match;
    if (match.kind === 'missing')
      return lost(
        comparison,
        block.region.nodes.map((node) => node.name),
      );
    deployed ??= analyse(sides.fused.model);
    const parts: { readonly train: BlockPart; readonly deploy: BlockPart } = {
      train: { side: sides.original, source: block.region.source, sink: block.region.sink },
      deploy: { side: sides.fused, source, sink },
    };
    const found = comparison.faults[0]?.message ?? 'The two forms differ.';
    const faults = diagnose({ ...parts, analyses: { train, deploy: deployed }, found });
    const map = errorMapOf(block, parts.train, parts.deploy);
    return { ...comparison, faults, ...(map === null ? {} : { errorMap: map }) };
  };
  return await verifyModels({ ...options, fused, likeness: ALIKE, diagnose: explain });
}

function lost(comparison: BlockComparison, nodes: readonly string[]): BlockComparison {
  const fault: Fault = {
    kind: 'topology',
    message:
      'Nothing in the deploy form stands where this block stands: no value there has its input, its shape and its readers.',
    nodes,
    share: 1,
  };
  return { ...comparison, verdict: 'not-equivalent', faults: [fault] };
}
