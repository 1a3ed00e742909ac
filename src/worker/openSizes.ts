import type { Detection } from '../core/detect/detect';
import { inputDims } from '../core/passes/inputDims';
import { symbolicDims } from '../core/passes/specialise';
import { commonBindings } from '../core/verify/network/samples';
import type { OpenSize } from '../protocol/modelWorker';

/** Sizes that the file leaves open, with the first that is worth trying: what an exporter baked in, else the plainest. */
export function openSizes({ analysis }: Detection): readonly OpenSize[] {
  // the inputs of a checkpoint's blocks are ours
  const symbols = analysis.model.format === 'checkpoint' ? [] : symbolicDims(analysis.model);
  if (symbols.length === 0) return [];
  const inputs = [...inputDims(analysis.model.graph)];
  const same = new Map(inputs.map(([name]) => [name, name]));
  // the sizes that a verification would try first of itself
  const suggested = commonBindings(analysis, analysis, same)[0];
  return symbols.map((symbol) => {
    const [input, dims] = inputs.find(([, sizes]) => sizes.includes(symbol)) ?? ['', []];
    return { symbol, input, shape: dims.join('×'), suggestion: suggested?.get(symbol) ?? 1 };
  });
}
