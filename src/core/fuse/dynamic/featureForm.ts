import { channelsPerGroup } from '../../algebra/geometry/geometry';
import type { Aggregation } from '../../detect/dynamic/aggregation';
import { hasOpenSizes, type Placement } from '../../detect/dynamic/placement';
import { hasBias } from '../../detect/dynamic/reading';
import { convInts } from './convInts';
import { integers, type Emission, type NodeTemplate, type TensorTemplate } from './dynamicStep';

/**
 * All K convolutions in one of K·O channels, their results weighted and added by one matrix product a sample:
 *
 *     z = conv(x; [W_1; …; W_K], [b_1; …; b_K])       [N, K·O, …S]
 *     y = a [N, 1, K] · reshape(z) [N, K, O·S]        reshaped to [N, O, …S]
 *
 * With g groups a Conv's channels go group by group, so z is [N, g, K, O·S/g] and a [N, 1, 1, K]. What has coefficient 1
 * is one more kernel, with a weight of 1 appended to a, or just added where it is a constant. Nothing here knows the batch.
 */
export function featureForm(laidOut: Aggregation, place: Placement): Emission {
  const { rest, restHasTaps, geometry } = laidOut;
  const groups = geometry.groups;
  const parts = rest !== null && restHasTaps ? [...laidOut.rows, rest] : laidOut.rows;
  const stacked = stackedConv(laidOut, place, parts);
  const weights = weightRows(laidOut, place, groups);
  const sizes = targetSizes(laidOut, place);
  const constant = rest !== null && !restHasTaps ? rest : null;
  const result = constant === null ? place.sink : '#unshifted';
  const grouping = groups === 1 ? [] : [groups];
  const nodes: NodeTemplate[] = [
    ...stacked.nodes,
    { opType: 'Reshape', inputs: ['#stacked', '#flatShape'], outputs: ['#flat'] },
    ...weights.nodes,
    {
      opType: 'MatMul',
      inputs: [restHasTaps ? '#allWeights' : '#weights', '#flat'],
      outputs: ['#sum'],
    },
    ...sizes.nodes,
    { opType: 'Reshape', inputs: ['#sum', '#target'], outputs: [result] },
  ];
  const tensors: TensorTemplate[] = [
    ...stacked.tensors,
    integers('#flatShape', [0, ...grouping, parts.length, -1]),
    ...weights.tensors,
    ...sizes.tensors,
  ];
  if (constant !== null) {
    nodes.push({ opType: 'Add', inputs: [result, '#shift'], outputs: [place.sink] });
    const dims = [1, geometry.outChannels, ...geometry.axes.map(() => 1)];
    tensors.push({
      name: '#shift',
      dims,
      content: { kind: 'biases', parts: [constant], groups: 1, repeat: 1 },
    });
  }
  return { nodes, tensors };
}

function stackedConv(
  { geometry, axes }: Aggregation,
  { source }: Placement,
  parts: Aggregation['rows'],
): Emission {
  const taps = geometry.axes.map((axis) => axis.count);
  const { groups } = geometry;
  const channels = parts.length * geometry.outChannels;
  const tensors: TensorTemplate[] = [
    {
      name: '#kernels',
      dims: [channels, channelsPerGroup(geometry), ...taps],
      content: { kind: 'kernels', parts, geometry, byGroup: true },
    },
  ];
  if (parts.some(hasBias)) {
    tensors.push({
      name: '#biases',
      dims: [channels],
      content: { kind: 'biases', parts, groups, repeat: 1 },
    });
  }
  const inputs = [source, ...tensors.map(({ name }) => name)];
  const int = { group: groups };
  return {
    nodes: [{ opType: 'Conv', inputs, outputs: ['#stacked'], int, ints: convInts(axes) }],
    tensors,
  };
}

/** The weights as [N, 1, K] (with groups [N, 1, 1, K]), a 1 behind them where a kernel has coefficient 1. */
function weightRows({ restHasTaps }: Aggregation, place: Placement, groups: number): Emission {
  const ones = groups === 1 ? [1] : [1, 1];
  const rank = ones.length + 2;
  const nodes: NodeTemplate[] = [
    { opType: 'Reshape', inputs: [place.weights, '#weightShape'], outputs: ['#weights'] },
  ];
  const tensors: TensorTemplate[] = [integers('#weightShape', [-1, ...ones, place.count])];
  if (!restHasTaps) return { nodes, tensors };
  nodes.push({ opType: 'Pad', inputs: ['#weights', '#pads', '#one'], outputs: ['#allWeights'] });
  const pads = Array.from({ length: 2 * rank }, (_, at) => (at === 2 * rank - 1 ? 1 : 0));
  tensors.push(integers('#pads', pads), {
    name: '#one',
    dims: [],
    content: { kind: 'numbers', dtype: place.dtype, values: [1] },
  });
  return { nodes, tensors };
}

/** The shape [N, O, …S] to give the sum: a Reshape copies the batch and finds one size; more are taken from the convolution. */
function targetSizes({ geometry }: Aggregation, place: Placement): Emission {
  const { spatial } = place;
  const channels = geometry.outChannels;
  if (!hasOpenSizes(place)) {
    const known = spatial.map((dim) => (typeof dim === 'number' ? dim : -1));
    return { nodes: [], tensors: [integers('#target', [0, channels, ...known])] };
  }
  return {
    nodes: [
      { opType: 'Shape', inputs: ['#stacked'], outputs: ['#sizes'] },
      { opType: 'Gather', inputs: ['#sizes', '#spatialAxes'], outputs: ['#spatial'], int: { axis: 0 } },
      { opType: 'Concat', inputs: ['#leading', '#spatial'], outputs: ['#target'], int: { axis: 0 } },
    ],
    tensors: [
      integers(
        '#spatialAxes',
        spatial.map((_, axis) => axis + 2),
      ),
      integers('#leading', [0, channels]),
    ],
  };
}
