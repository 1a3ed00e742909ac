import type { Analysis } from '../analysis';
import { coefficientsOf } from './coefficients';
import { followMixture, mixedBank, type Mixture } from './mixture';
import { dataInputs } from './relabel';

const MAX_DEPTH = 12;

/** The mixture that a value is, going up to where coefficients and bank meet; null where it is none. */
export function mixtureAt(analysis: Analysis, value: string, depth = 0): Mixture | null {
  const node = analysis.index.producer.get(value);
  if (node === undefined || node.domain !== '' || depth > MAX_DEPTH) return null;
  const [input, ...others] = dataInputs(analysis, node);
  if (input === undefined || others.length > 0) return null;
  const above = mixtureAt(analysis, input, depth + 1);
  const followed = above === null ? null : followMixture(analysis, node, above);
  if (followed !== null) return followed;
  const coefficients = coefficientsOf(analysis, input);
  return coefficients === null ? null : mixedBank(analysis, node, coefficients, node.inputs.indexOf(input));
}
