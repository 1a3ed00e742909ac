// Mutations of what reads and writes graphs: detection and fusion.
import { breaking as of } from './mutation.mjs';

const transfer = (name) => `src/core/detect/transfer/${name}.ts`;
const detect = (name) => `src/core/detect/${name}.ts`;

/** Each rule of detection and fusion, and the edit that breaks it. */
export const graphMutations = [
  // what nodes mean
  of('dilations of a Conv', transfer('conv'), 'dilation: dilations[place] ?? 1,', 'dilation: 1,'),
  of('end pads of a Conv', transfer('conv'), 'padEnd: pads[place + rank] ?? 0,', 'padEnd: pads[place] ?? 0,'),
  of('strides of a Conv', transfer('conv'), 'stride: strides[place] ?? 1,', 'stride: 1,'),
  of(
    'groups of a Conv',
    transfer('conv'),
    'inChannels: perGroup * groups, outChannels, groups, axes',
    'inChannels: perGroup * groups, outChannels, groups: 1, axes',
  ),
  of(
    'SAME_UPPER pads the end',
    transfer('conv'),
    "begin.push(mode === 'SAME_UPPER'",
    "begin.push(mode !== 'SAME_UPPER'",
  ),
  of(
    'auto_pad depends on the size',
    transfer('conv'),
    'if (size === null) return null;',
    'if (size === null) return Math.max(0, extent - stride);',
  ),
  of(
    'sizes bound for the search are not known',
    detect('analysis'),
    'knownSize(analysis.openTypes.get(value)?.dims?.[axis] ?? null)',
    'knownSize(analysis.facts.types.get(value)?.dims?.[axis] ?? null)',
  ),
  of('count_include_pad', transfer('pooling'), "intAttribute(node, 'count_include_pad', 0) === 0", 'false'),
  of('ceil_mode', transfer('pooling'), '!ceilIsFloor(node, context)', 'false'),
  of('a maximum over several is not linear', transfer('pooling'), 'tap === 1', 'tap > 0'),
  of('Sub is 1 and −1', transfer('arithmetic'), '(place === 0 ? 1 : -1)', '1'),
  of(
    'Neg is −1',
    transfer('arithmetic'),
    'weightedSum(node, context, () => -1)',
    'weightedSum(node, context, () => 1)',
  ),
  of('Mean is 1/n', transfer('arithmetic'), '1 / node.inputs.length', '1'),
  of(
    'Div by the variable is not linear',
    transfer('arithmetic'),
    "node.opType === 'Div' && operand.place !== 0",
    'false',
  ),
  of(
    'a product of two variables is not linear',
    transfer('operands'),
    'operator === null || isDynamic',
    'operator === null',
  ),
  of('BN in training mode', transfer('batchNorm'), 'if (trains) {', 'if (false) {'),
  of(
    'a constant may not stretch the image',
    transfer('operands'),
    'fits(analysis, node, axis, dim))',
    'dim > 0)',
  ),
  of(
    'a constant acts on the channel axis',
    transfer('operands'),
    'dim !== 1 && axis !== channelAxis',
    'dim !== 1 && axis < 0',
  ),
  of(
    'a written-out constant is the same everywhere',
    transfer('operands'),
    'value !== firstOf(Math.floor(at / stride) % channels)',
    'value === null',
  ),
  of(
    'a reflecting Pad is no zero pad',
    transfer('frames'),
    "if (mode !== 'constant' && !context.ignoresBorder(node)) {",
    'if (false) {',
  ),
  of(
    'a Pad with a value',
    transfer('pads'),
    '(readElements(tensor.dtype, tensor.bytes(), 0, 1)[0] ?? 0)',
    '0',
  ),
  of(
    'every row of a border counts',
    transfer('frames'),
    'cells.filter((_, place) => place !== inside)',
    'cells.slice(0, 1)',
  ),
  of('a border row is written as a whole', transfer('scatter'), 'count !== this.cellSize(cell)', 'false'),
  of(
    'a border row holds one value a channel',
    transfer('scatter'),
    'Number.isNaN(before) ? Number.isNaN(value) : before !== value',
    'false',
  ),
  of('a Slice with a step', transfer('borders'), 'pointAxis(step, start,', 'pointAxis(1, start,'),
  of('a Slice with an absolute end is no crop', transfer('borders'), '(end >= 0 && !open)', 'false'),
  of('a crop of a known size', transfer('borders'), 'pointAxis(step, from,', 'pointAxis(step, 0,'),
  of('parts of a Split follow each other', transfer('channels'), 'start += size;', ''),
  of('a channel shuffle', transfer('layout'), '(row % outer) * inner + Math.floor(row / outer)', 'row'),
  of(
    'a Transpose reorders axes',
    transfer('layout'),
    'permutation.map((axis) => image.order?.[axis] ?? axis)',
    'permutation.map((axis) => image.order?.[axis] ?? permutation.indexOf(axis))',
  ),
  of('α of a Gemm', transfer('linear'), 'alpha === 1 ? applied', 'true ? applied'),
  of(
    'β of a Gemm',
    transfer('linear'),
    "beta === 1 ? vector : { kind: 'scaled', factor: beta, of: vector }",
    'vector',
  ),
  of('transB of a Gemm', transfer('linear'), "intAttribute(node, 'transB', 0) !== 0", 'false'),
  of('a product along the last axis only', transfer('linear'), 'channelAxis !== rank - 1', 'false'),
  of(
    'a branch beside a padded source is a crop',
    detect('entrances'),
    'pointAxis(1, begin, -begin - end)',
    'pointAxis(1, 0, -begin - end)',
  ),

  // what may be removed
  of(
    'a graph output inside stays',
    detect('removable'),
    'if (outputs.has(value)) {\n        return obstacle',
    'if (false) {\n        return obstacle',
  ),
  of(
    'a value with another reader stays',
    detect('removable'),
    '!removed.has(reader) && !diesWith(analysis, reader, removed)',
    'false',
  ),
  of(
    'what a subgraph captures is read',
    'src/core/ir/graphIndex.ts',
    'for (const graph of subgraphs(node)) for (const value of captures(graph)) values.add(value);\n  return values;',
    'return values;',
  ),
  of(
    'blocks do not overlap',
    detect('candidates'),
    'if (candidate.region.nodes.some((node) => taken.has(node))) continue;',
    '',
  ),
  of(
    'an overridable initializer is no constant',
    'src/core/passes/factTable.ts',
    'if (!model.graph.overridable.has(name))',
    'if (name !== null)',
  ),
  of(
    'attention that adds up to 1',
    'src/core/detect/dynamic/head.ts',
    "activation === 'softmax' && coversAll(analysis, node, count)",
    'count > 0',
  ),

  // what is written
  of(
    'pads are all begins, then all ends',
    'src/core/fuse/apply.ts',
    '...conv.axes.map((axis) => axis.padBegin), ...conv.axes.map((axis) => axis.padEnd)',
    '...conv.axes.map((axis) => axis.padEnd), ...conv.axes.map((axis) => axis.padBegin)',
  ),
  of(
    'dilations are written',
    'src/core/fuse/apply.ts',
    'conv.axes.map((axis) => axis.dilation)',
    'conv.axes.map(() => 1)',
  ),
  of('groups are written', 'src/core/fuse/apply.ts', 'value: conv.group', 'value: 1'),
  of(
    'the matrix of a product is [in, out]',
    'src/core/fuse/apply.ts',
    'turned[(at % columns) * rows + Math.floor(at / columns)] = value',
    'turned[at] = value',
  ),
  of(
    'constants that others read stay',
    'src/core/fuse/sweep.ts',
    'live.has(value) || !liveBefore.has(value);',
    '!liveBefore.has(value);',
  ),
];
