import { intAttribute } from '../../ir/attributes';
import { symbolicDims } from '../../passes/specialise';
import { solveDim, symbolDim } from '../../passes/symbolicDim';
import { analyseAt, isConstant, type Analysis } from '../analysis';
import { dimsOf } from './relabel';

/**
 * The model at the batch that the groups of its dynamic convolutions hold, for a file that says its batch is open: a Conv
 * whose kernels are made at run time and whose input has 8·N channels but groups for 16 runs at N = 2 only. The model as it
 * is where nothing is held.
 */
export function atHeldBatch(analysis: Analysis): Analysis {
  const names = new Map(symbolicDims(analysis.model).map((name) => [symbolDim(name), name]));
  const held = new Map<string, number>();
  if (names.size === 0) return analysis;
  for (const node of analysis.index.order) {
    const [data = '', weight = ''] = node.inputs;
    if (node.opType !== 'Conv' || node.domain !== '' || isConstant(analysis, weight)) continue;
    const channels = dimsOf(analysis, data)?.[1] ?? null;
    const perGroup = dimsOf(analysis, weight)?.[1];
    if (typeof channels !== 'string' || typeof perGroup !== 'number') continue;
    const solved = solveDim(channels, perGroup * intAttribute(node, 'group', 1));
    const name = names.get(solved?.symbol ?? '');
    if (solved !== null && name !== undefined) held.set(name, solved.size);
  }
  return held.size === 0 ? analysis : (analyseAt(analysis, held) ?? analysis);
}
