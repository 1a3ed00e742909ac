import type { Call, Lowering, LoweringTable } from './call';
import { filledTensor, float, int } from './constants';

/** Normalizations. In evaluation mode BN is y = (x − μ)·γ/√(σ² + ε) + β. */

const EPSILON = 1e-5;

/** A statistic or parameter of each channel, or its neutral value where there is none. */
function perChannel(call: Call, name: string, neutral: number): string {
  const value = call.optional(name);
  if (value !== null) return value;
  const { dtype } = call.type('input');
  const channels = call.dims('input')[1];
  if (typeof channels !== 'number') return call.cannot('has an open number of channels');
  return call.constant(filledTensor(dtype, [channels], neutral), name);
}

const batchNorm =
  (isTraining: (call: Call) => boolean): Lowering =>
  (call) => {
    // the statistics of a batch of one are those of its only sample: how PyTorch writes an instance norm
    if (!call.has('running_mean') && call.dims('input')[0] === 1) return instanceNorm(call);
    const inputs = [
      call.tensor('input'),
      perChannel(call, 'weight', 1),
      perChannel(call, 'bias', 0),
      perChannel(call, 'running_mean', 0),
      perChannel(call, 'running_var', 1),
    ];
    const epsilon = float(call.number('eps', EPSILON));
    if (!isTraining(call)) return call.emit('BatchNormalization', inputs, { epsilon });
    // in training ONNX wants the new statistics as outputs, too
    const outputs = call.emitMany('BatchNormalization', inputs, 3, { epsilon, training_mode: int(1) });
    return outputs[0] as string;
  };

/** Its statistics are those of the batch, where it trains or has no others. */
const trains = (call: Call): boolean => call.flag('training', false) || !call.has('running_mean');

/** Over the last axes, as many as `normalized_shape` has. */
function layerNorm(call: Call): string {
  const shape = call.ints('normalized_shape');
  const { dtype } = call.type('input');
  const ones = (): string => call.constant(filledTensor(dtype, shape, 1), 'weight');
  const bias = call.optional('bias');
  return call.emit(
    'LayerNormalization',
    [call.tensor('input'), call.optional('weight') ?? ones(), ...(bias === null ? [] : [bias])],
    { axis: int(-shape.length), epsilon: float(call.number('eps', EPSILON)) },
  );
}

/** Each group as one channel, normalized over itself; then the scale of each channel. */
function groupNorm(call: Call): string {
  const rank = call.rank('input');
  const groups = call.int(call.has('num_groups') ? 'num_groups' : 'group');
  const x = call.tensor('input');
  const { dtype } = call.type('input');
  const constant = (value: number): string => call.constant(filledTensor(dtype, [groups], value));
  const grouped = call.emit('Reshape', [x, call.list([0, groups, -1])]);
  const normal = call.emit('InstanceNormalization', [grouped, constant(1), constant(0)], {
    epsilon: float(call.number('eps', EPSILON)),
  });
  return scaled(call, call.emit('Reshape', [normal, call.emit('Shape', [x])]), rank);
}

/** x · weight + bias, both of one number a channel. */
function scaled(call: Call, x: string, rank: number): string {
  const axes = Array.from({ length: rank - 2 }, (_, axis) => axis + 1);
  const lifted = (name: string): string | null => {
    const value = call.optional(name);
    return value === null || axes.length === 0 ? value : call.emit('Unsqueeze', [value, call.list(axes)]);
  };
  const [weight, bias] = [lifted('weight'), lifted('bias')];
  const times = weight === null ? x : call.emit('Mul', [x, weight]);
  return bias === null ? times : call.emit('Add', [times, bias]);
}

/** x / √(mean x² + ε) over the last axes, times a weight; the ε of None is that of the element type. */
function rmsNorm(call: Call): string {
  const { dtype } = call.type('input');
  const axes = call.list(call.ints('normalized_shape').map((_, place) => -1 - place));
  const x = call.tensor('input');
  const epsilon = call.number('eps', ROUNDING.get(dtype) ?? 0);
  const mean = call.emit('ReduceMean', [call.emit('Mul', [x, x]), axes], { keepdims: int(1) });
  const root = call.emit('Sqrt', [call.emit('Add', [mean, call.scalar(epsilon, dtype)])]);
  const normal = call.emit('Div', [x, root]);
  const weight = call.optional('weight');
  return weight === null ? normal : call.emit('Mul', [normal, weight]);
}

const ROUNDING: ReadonlyMap<string, number> = new Map([
  ['float64', 2 ** -52],
  ['float32', 2 ** -23],
  ['float16', 2 ** -10],
  ['bfloat16', 2 ** -7],
]);

function instanceNorm(call: Call): string {
  const epsilon = float(call.number('eps', EPSILON));
  const [weight, bias] = [perChannel(call, 'weight', 1), perChannel(call, 'bias', 0)];
  // with statistics of its own it is what a BN in evaluation is
  if (!call.flag('use_input_stats', true)) {
    const held = [call.tensor('running_mean'), call.tensor('running_var')];
    return call.emit('BatchNormalization', [call.tensor('input'), weight, bias, ...held], { epsilon });
  }
  return call.emit('InstanceNormalization', [call.tensor('input'), weight, bias], { epsilon });
}

const firstOf =
  (lowering: Lowering): Lowering =>
  (call) => [lowering(call) as string];

const never = (): boolean => false;

export const normalizationLowerings: LoweringTable = {
  'aten.batch_norm': batchNorm(trains),
  'aten.cudnn_batch_norm': firstOf(batchNorm(trains)),
  'aten.native_batch_norm': firstOf(batchNorm(trains)),
  'aten._native_batch_norm_legit': firstOf(batchNorm(trains)),
  'aten._native_batch_norm_legit_functional': firstOf(batchNorm(trains)),
  'aten._native_batch_norm_legit_no_training': firstOf(batchNorm(never)),
  'aten._batch_norm_no_update': firstOf(batchNorm(never)),
  'aten.layer_norm': layerNorm,
  'aten.native_layer_norm': firstOf(layerNorm),
  'aten.group_norm': groupNorm,
  'aten.native_group_norm': firstOf(groupNorm),
  'aten.instance_norm': instanceNorm,
  'aten.rms_norm': rmsNorm,
};
