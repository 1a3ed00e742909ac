import { channelsPerGroup, kernelSize } from '../../algebra/geometry/geometry';
import type { Aggregation } from '../../detect/dynamic/aggregation';
import type { Placement } from '../../detect/dynamic/placement';
import { convInts } from './convInts';
import { integers, type Emission, type NodeTemplate, type TensorTemplate } from './dynamicStep';

/**
 * One convolution with a kernel mixed for each sample, the batch B folded into its groups:
 *
 *     kernel = reshape(a · bank [+ W_rest])            [B·O, C/g, …taps]
 *     bias   = reshape(a · biases [+ b_rest])          [B·O], or b_rest B times where no kernel has a bias
 *     y      = unfold(conv(fold(x); kernel, bias, groups B·g))
 */
export function kernelForm(laidOut: Aggregation, place: Placement): Emission {
  const { geometry } = laidOut;
  const batch = place.batch ?? 1;
  const weights = place.weightsAreRows ? place.weights : '#weights';
  const nodes: NodeTemplate[] = [];
  const tensors: TensorTemplate[] = [];
  if (!place.weightsAreRows) {
    nodes.push({ opType: 'Reshape', inputs: [place.weights, '#rows'], outputs: [weights] });
    tensors.push(integers('#rows', [-1, place.count]));
  }
  const taps = geometry.axes.map((axis) => axis.count);
  const kernel = mixing(laidOut, weights);
  nodes.push(...kernel.nodes, {
    opType: 'Reshape',
    inputs: ['#mixed', '#kernelShape'],
    outputs: ['#kernel'],
  });
  tensors.push(...kernel.tensors, integers('#kernelShape', [-1, channelsPerGroup(geometry), ...taps]));
  const bias = biasOf(laidOut, weights, batch);
  nodes.push(...bias.nodes);
  tensors.push(...bias.tensors);
  const operands = ['#kernel', ...(laidOut.bias === 'none' ? [] : ['#bias'])];
  const conv = (input: string, output: string): NodeTemplate => ({
    opType: 'Conv',
    inputs: [input, ...operands],
    outputs: [output],
    int: { group: batch * geometry.groups },
    ints: convInts(laidOut.axes),
  });
  if (!place.folds) return { nodes: [...nodes, conv(place.source, place.sink)], tensors };
  const same = taps.map(() => 0);
  tensors.push(integers('#fold', [1, -1, ...same]), integers('#unfold', [-1, geometry.outChannels, ...same]));
  nodes.push(
    { opType: 'Reshape', inputs: [place.source, '#fold'], outputs: ['#folded'] },
    conv('#folded', '#convolved'),
    { opType: 'Reshape', inputs: ['#convolved', '#unfold'], outputs: [place.sink] },
  );
  return { nodes, tensors };
}

function mixing({ rows, rest, restHasTaps, geometry }: Aggregation, weights: string): Emission {
  const size = kernelSize(geometry);
  const content = { kind: 'kernels', geometry, byGroup: false } as const;
  const bank: TensorTemplate = {
    name: '#bank',
    dims: [rows.length, size],
    content: { ...content, parts: rows },
  };
  if (rest === null || !restHasTaps) return product(weights, [bank], '#mixed');
  return product(
    weights,
    [bank, { name: '#restKernel', dims: [size], content: { ...content, parts: [rest] } }],
    '#mixed',
  );
}

function biasOf({ rows, rest, bias, geometry }: Aggregation, weights: string, batch: number): Emission {
  const { outChannels: channels } = geometry;
  const content = { kind: 'biases', groups: 1, repeat: 1 } as const;
  const parts = rest === null ? [] : [rest];
  if (bias === 'none') return { nodes: [], tensors: [] };
  if (bias === 'constant') {
    const dims = [batch * channels];
    return { nodes: [], tensors: [{ name: '#bias', dims, content: { ...content, parts, repeat: batch } }] };
  }
  const bank: TensorTemplate = {
    name: '#biases',
    dims: [rows.length, channels],
    content: { ...content, parts: rows },
  };
  const constant: TensorTemplate = { name: '#restBias', dims: [channels], content: { ...content, parts } };
  const mixed = product(weights, rest === null ? [bank] : [bank, constant], '#mixedBias');
  const reshape = { opType: 'Reshape', inputs: ['#mixedBias', '#biasShape'], outputs: ['#bias'] };
  return { nodes: [...mixed.nodes, reshape], tensors: [...mixed.tensors, integers('#biasShape', [-1])] };
}

/** a · bank, or a · bank + constant. */
function product(weights: string, tensors: readonly TensorTemplate[], output: string): Emission {
  const opType = tensors.length === 1 ? 'MatMul' : 'Gemm';
  const inputs = [weights, ...tensors.map(({ name }) => name)];
  return { nodes: [{ opType, inputs, outputs: [output] }], tensors };
}
