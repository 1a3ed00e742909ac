import type { DType } from '../../tensor/dtype';
import type { Tensor } from '../../tensor/tensor';
import { convAttributes, int } from './attributes';
import type { Drawn } from './drawBlock';
import type { GraphBuilder } from './graphBuilder';

/** A convolution, or a matrix, that stands for a block. */
export interface Convolution {
  /** Of the block, with its label. */
  readonly title: string;
  /** Module that holds weight and bias. */
  readonly path: string;
  readonly weight: { readonly name: string; readonly tensor: Tensor };
  readonly bias: { readonly name: string; readonly tensor: Tensor } | null;
  readonly groups: number;
  /** What the block computes in; the weight's own type where it has another. */
  readonly dtype: DType;
}

/** Draws a block as one convolution, from an input of its own to an output of its own: centred, with stride 1. */
export function drawConvolution(builder: GraphBuilder, convolution: Convolution): Drawn {
  const { title, path, weight, bias, groups, dtype } = convolution;
  const [out = 0, width = 0, ...taps] = weight.tensor.dims;
  const axes = taps.length;
  const source = builder.input(title === '' ? 'input' : `${title}.input`, dtype, width * groups, axes);
  const sink = builder.output(title === '' ? 'output' : title, dtype, out, axes);
  const inputs = [weight, ...(bias === null ? [] : [bias])].map(({ name, tensor }) =>
    builder.constant(name, tensor),
  );
  const pads = taps.map((tap) => Math.floor((tap - 1) / 2));
  const value =
    axes === 0
      ? builder.node(path, 'Gemm', [source, ...inputs], [['transB', int(1)]])
      : builder.node(path, 'Conv', [source, ...inputs], convAttributes({ taps, pads, dilation: 1, groups }));
  builder.rename(value, sink);
  return { source, sink };
}

/** A block that is not in the file: a node of no operator set, so that what is compared with it has its place. */
export function drawMissing(
  builder: GraphBuilder,
  title: string,
  {
    dtype,
    channels,
    axes,
  }: { readonly dtype: DType; readonly channels: readonly [number, number]; readonly axes: number },
): Drawn {
  const source = builder.input(title === '' ? 'input' : `${title}.input`, dtype, channels[0], axes);
  const sink = builder.output(title === '' ? 'output' : title, dtype, channels[1], axes);
  builder.rename(builder.node(title, 'NotInTheFile', [source]), sink);
  return { source, sink };
}
