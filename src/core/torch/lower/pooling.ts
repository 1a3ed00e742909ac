import type { Call, Lowering, LoweringTable } from './call';
import { int, ints, type Attributes } from './constants';

/** Pooling over the last axes of a tensor. */

const maxPool =
  (rank: number): Lowering =>
  (call) =>
    withBatch(call, rank, (x) =>
      call.emit('MaxPool', [x], {
        ...windowOf(call, rank),
        dilations: ints(call.ints('dilation', new Array<number>(rank).fill(1), rank)),
      }),
    );

const averagePool =
  (rank: number): Lowering =>
  (call) => {
    if (call.has('divisor_override')) return call.cannot('divides by a number of its own');
    const counts = call.flag('count_include_pad', true) ? 1 : 0;
    return withBatch(call, rank, (x) =>
      call.emit('AveragePool', [x], { ...windowOf(call, rank), count_include_pad: int(counts) }),
    );
  };

function windowOf(call: Call, rank: number): Attributes {
  const kernel = call.ints('kernel_size', undefined, rank);
  // an empty list of strides means those of the kernel
  const given = call.ints('stride', [], rank);
  const strides = given.length === 0 ? kernel : given;
  const pads = call.ints('padding', new Array<number>(rank).fill(0), rank);
  const ceil = call.flag('ceil_mode', false) && !ceilIsFloor(call, rank, { kernel, strides, pads });
  return {
    ceil_mode: int(ceil ? 1 : 0),
    kernel_shape: ints(kernel),
    pads: ints([...pads, ...pads]),
    strides: ints(strides),
  };
}

/** Whether rounding up changes nothing at the sizes that the program says: a window that would begin in the pad behind is none. */
function ceilIsFloor(
  call: Call,
  rank: number,
  {
    kernel,
    strides,
    pads,
  }: {
    readonly kernel: readonly number[];
    readonly strides: readonly number[];
    readonly pads: readonly number[];
  },
): boolean {
  const dilation = call.ints('dilation', new Array<number>(rank).fill(1), rank);
  return call
    .dims('self')
    .slice(-rank)
    .every((size, axis) => {
      if (typeof size !== 'number') return false;
      const reach = ((kernel[axis] as number) - 1) * (dilation[axis] as number) + 1;
      const [pad, stride] = [pads[axis] as number, strides[axis] as number];
      const steps = (size + 2 * pad - reach) / stride;
      return Number.isInteger(steps) || Math.ceil(steps) * stride >= size + pad;
    });
}

/** To an image of a given size: of 1 it is the whole one, of the same nothing, else windows where they are all alike. */
const adaptive =
  (rank: number, whole: string, opType: string): Lowering =>
  (call) => {
    const target = call.ints('output_size', undefined, rank);
    const sizes = call.dims('self').slice(-rank);
    if (target.every((size) => size === 1)) return withBatch(call, rank, (x) => call.emit(whole, [x]));
    if (target.every((size, axis) => size === sizes[axis])) return call.tensor('self');
    const kernel = target.map((size, axis) => {
      const from = sizes[axis];
      return typeof from === 'number' && from % size === 0
        ? from / size
        : call.cannot('has windows of several sizes');
    });
    return withBatch(call, rank, (x) =>
      call.emit(opType, [x], { kernel_shape: ints(kernel), strides: ints(kernel) }),
    );
  };

/** PyTorch takes a single sample without a batch, too. */
function withBatch(call: Call, rank: number, pool: (x: string) => string): string {
  const x = call.tensor('self');
  if (call.rank('self') === rank + 2) return pool(x);
  const batch = call.list([0]);
  return call.emit('Squeeze', [pool(call.emit('Unsqueeze', [x, batch])), batch]);
}

/** The places of the largest elements are not made: who reads them finds an operator without a lowering. */
const withoutPlaces =
  (lowering: Lowering): Lowering =>
  (call) => [lowering(call) as string, ''];

export const poolingLowerings: LoweringTable = {
  'aten.max_pool1d': maxPool(1),
  'aten.max_pool2d': maxPool(2),
  'aten.max_pool3d': maxPool(3),
  'aten.max_pool2d_with_indices': withoutPlaces(maxPool(2)),
  'aten.max_pool3d_with_indices': withoutPlaces(maxPool(3)),
  'aten.avg_pool1d': averagePool(1),
  'aten.avg_pool2d': averagePool(2),
  'aten.avg_pool3d': averagePool(3),
  'aten.adaptive_avg_pool1d': adaptive(1, 'GlobalAveragePool', 'AveragePool'),
  'aten.adaptive_avg_pool2d': adaptive(2, 'GlobalAveragePool', 'AveragePool'),
  'aten._adaptive_avg_pool2d': adaptive(2, 'GlobalAveragePool', 'AveragePool'),
  'aten._adaptive_avg_pool3d': adaptive(3, 'GlobalAveragePool', 'AveragePool'),
  'aten.adaptive_avg_pool3d': adaptive(3, 'GlobalAveragePool', 'AveragePool'),
  'aten.adaptive_max_pool2d': withoutPlaces(adaptive(2, 'GlobalMaxPool', 'MaxPool')),
};
