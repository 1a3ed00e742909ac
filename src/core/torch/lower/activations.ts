import type { DType } from '../../tensor/dtype';
import type { Call, Lowering, LoweringTable } from './call';
import { float, int, text } from './constants';

/** Functions of one tensor, element by element. */

const unary =
  (opType: string): Lowering =>
  (call) => {
    const { dtype } = call.result();
    return call.emit(opType, [call.operand('self', dtype)]);
  };

/** x between two bounds, of which one may be left out. */
function clip(
  call: Call,
  low: string,
  high: string,
  defaults: readonly [number | null, number | null],
): string {
  const { dtype } = call.result();
  const bound = (name: string, fallback: number | null): string => {
    if (call.has(name)) return call.operand(name, dtype);
    return fallback === null ? '' : call.scalar(fallback, dtype);
  };
  const inputs = [call.operand('self', dtype), bound(low, defaults[0]), bound(high, defaults[1])];
  return call.emit('Clip', inputs[2] === '' ? inputs.slice(0, 2) : inputs);
}

/** x between numbers, or between tensors: one of several elements is no bound of Clip. */
function clamp(call: Call): string {
  if (call.node.overload !== 'Tensor') return clip(call, 'min', 'max', [null, null]);
  const { dtype } = call.result();
  const self = call.operand('self', dtype);
  const above = call.has('min') ? call.emit('Max', [self, call.operand('min', dtype)]) : self;
  return call.has('max') ? call.emit('Min', [above, call.operand('max', dtype)]) : above;
}

/** x · sigmoid(x). */
function silu(call: Call): string {
  const x = call.tensor('self');
  return call.emit('Mul', [x, call.emit('Sigmoid', [x])]);
}

/** One slope, or one a channel: then it stands on axis 1. */
function prelu(call: Call): string {
  const rank = call.rank('self');
  const slope = call.tensor('weight');
  const axes = Array.from({ length: Math.max(0, rank - 2) }, (_, axis) => axis + 1);
  const lifted =
    axes.length === 0 || call.rank('weight') !== 1 ? slope : call.emit('Unsqueeze', [slope, call.list(axes)]);
  return call.emit('PRelu', [call.tensor('self'), lifted]);
}

/** log(1 + exp(βx)) / β; x where βx is above the threshold: beyond 20 both are the same to 1e-10. */
function softplus(call: Call): string {
  const { dtype } = call.result();
  const [beta, limit] = [call.number('beta', 1), call.number('threshold', FAR_OUT)];
  const x = call.tensor('self');
  const scaled = beta === 1 ? x : call.emit('Mul', [x, call.scalar(beta, dtype)]);
  const soft = call.emit('Softplus', [scaled]);
  const plain = beta === 1 ? soft : call.emit('Div', [soft, call.scalar(beta, dtype)]);
  if (limit >= FAR_OUT) return plain;
  return call.emit('Where', [call.emit('Greater', [scaled, call.scalar(limit, dtype)]), x, plain]);
}

const FAR_OUT = 20;

/** −log(1 + exp(−x)): log(sigmoid(x)) is the same, but for large −x, where the sigmoid is 0. */
function logSigmoid(call: Call): string {
  return call.emit('Neg', [call.emit('Softplus', [call.emit('Neg', [call.tensor('self')])])]);
}

/** scale · x above 0, scale · alpha · (exp(input_scale · x) − 1) below: SELU and CELU are decomposed to it. */
function elu(call: Call): string {
  const [alpha, scale, inner] = [
    call.number('alpha', 1),
    call.number('scale', 1),
    call.number('input_scale', 1),
  ];
  const { dtype } = call.result();
  const x = call.tensor('self');
  if (inner !== 1 && Math.abs(alpha * inner - 1) > ROUNDED) return call.cannot('scales its input');
  const unit =
    inner === 1
      ? call.emit('Elu', [x], { alpha: float(alpha) })
      : call.emit('Celu', [x], { alpha: float(alpha) });
  return scale === 1 ? unit : call.emit('Mul', [unit, call.scalar(scale, dtype)]);
}

/** A number that Python computed as 1 / another. */
const ROUNDED = 1e-12;

/** The first half of an axis times the sigmoid of the second. */
function glu(call: Call): string {
  const [value = '', gate = ''] = call.emitMany('Split', [call.tensor('self')], 2, {
    axis: int(call.axis('dim', call.rank('self'), -1)),
    num_outputs: int(2),
  });
  return call.emit('Mul', [value, call.emit('Sigmoid', [gate])]);
}

const alongAxis =
  (opType: string): Lowering =>
  (call) => {
    const { dtype } = call.result();
    return call.emit(opType, [call.operand('self', dtype)], {
      axis: int(call.axis('dim', call.rank('self'))),
    });
  };

const one = (call: Call, dtype: DType): string => call.scalar(1, dtype);

/** log(1 + x), as it is written; exact only away from 0. */
function log1p(call: Call): string {
  const { dtype } = call.result();
  return call.emit('Log', [call.emit('Add', [call.operand('self', dtype), one(call, dtype)])]);
}

function reciprocalRoot(call: Call): string {
  const { dtype } = call.result();
  return call.emit('Reciprocal', [call.emit('Sqrt', [call.operand('self', dtype)])]);
}

/** Another number where x is not above the threshold. */
function threshold(call: Call): string {
  const { dtype } = call.result();
  const x = call.operand('self', dtype);
  const above = call.emit('Greater', [x, call.operand('threshold', dtype)]);
  return call.emit('Where', [above, x, call.operand('value', dtype)]);
}

/** 0 within ±λ; the soft one moves the rest towards 0 by λ. */
const shrink =
  (name: string, isSoft: boolean): Lowering =>
  (call) => {
    const lambd = call.number(name, 0.5);
    return call.emit('Shrink', [call.tensor('self')], {
      lambd: float(lambd),
      bias: float(isSoft ? lambd : 0),
    });
  };

/** The logarithm to another base. */
const logarithm =
  (base: number): Lowering =>
  (call) => {
    const { dtype } = call.result();
    const natural = call.emit('Log', [call.operand('self', dtype)]);
    return call.emit('Mul', [natural, call.scalar(1 / Math.log(base), dtype)]);
  };

function expm1(call: Call): string {
  const { dtype } = call.result();
  return call.emit('Sub', [call.emit('Exp', [call.operand('self', dtype)]), one(call, dtype)]);
}

/** Towards zero: the sign times the whole part of the magnitude. */
function truncate(call: Call): string {
  const x = call.tensor('self');
  return call.emit('Mul', [call.emit('Sign', [x]), call.emit('Floor', [call.emit('Abs', [x])])]);
}

const isSpecial =
  (opType: string): Lowering =>
  (call) =>
    call.emit(opType, [call.tensor('self')]);

const SIXTH = 1 / 6;

export const activationLowerings: LoweringTable = {
  'aten.relu': unary('Relu'),
  'aten.relu6': (call) => clip(call, 'low', 'high', [0, 6]),
  'aten.sigmoid': unary('Sigmoid'),
  'aten.tanh': unary('Tanh'),
  'aten.silu': silu,
  'aten.mish': unary('Mish'),
  'aten.gelu': (call) =>
    call.emit('Gelu', [call.tensor('self')], { approximate: text(call.word('approximate', 'none')) }),
  'aten.hardswish': unary('HardSwish'),
  'aten.hardsigmoid': (call) =>
    call.emit('HardSigmoid', [call.tensor('self')], { alpha: float(SIXTH), beta: float(0.5) }),
  'aten.hardtanh': (call) => clip(call, 'min_val', 'max_val', [-1, 1]),
  'aten.clamp': clamp,
  'aten.clip': clamp,
  'aten.clamp_min': clamp,
  'aten.clamp_max': clamp,
  'aten.leaky_relu': (call) =>
    call.emit('LeakyRelu', [call.tensor('self')], { alpha: float(call.number('negative_slope', 0.01)) }),
  'aten.elu': elu,
  'aten.celu': (call) => call.emit('Celu', [call.tensor('self')], { alpha: float(call.number('alpha', 1)) }),
  'aten.selu': unary('Selu'),
  'aten.prelu': prelu,
  'aten._prelu_kernel': prelu,
  'aten.softplus': softplus,
  'aten.softsign': unary('Softsign'),
  'aten.glu': glu,
  'aten.softmax': alongAxis('Softmax'),
  'aten._softmax': alongAxis('Softmax'),
  'aten.log_softmax': alongAxis('LogSoftmax'),
  'aten._log_softmax': alongAxis('LogSoftmax'),
  'aten.log_sigmoid': logSigmoid,
  'aten.exp': unary('Exp'),
  'aten.log': unary('Log'),
  'aten.log1p': log1p,
  'aten.sqrt': unary('Sqrt'),
  'aten.rsqrt': reciprocalRoot,
  'aten.reciprocal': unary('Reciprocal'),
  'aten.abs': unary('Abs'),
  'aten.neg': unary('Neg'),
  'aten.sign': unary('Sign'),
  'aten.floor': unary('Floor'),
  'aten.ceil': unary('Ceil'),
  'aten.round': (call) =>
    call.number('decimals', 0) === 0 ? unary('Round')(call) : call.cannot('rounds to places'),
  'aten.erf': unary('Erf'),
  'aten.sin': unary('Sin'),
  'aten.cos': unary('Cos'),
  'aten.tan': unary('Tan'),
  'aten.asin': unary('Asin'),
  'aten.acos': unary('Acos'),
  'aten.atan': unary('Atan'),
  'aten.sinh': unary('Sinh'),
  'aten.cosh': unary('Cosh'),
  'aten.asinh': unary('Asinh'),
  'aten.acosh': unary('Acosh'),
  'aten.atanh': unary('Atanh'),
  'aten.log2': logarithm(2),
  'aten.log10': logarithm(10),
  'aten.expm1': expm1,
  'aten.trunc': truncate,
  'aten.fix': truncate,
  'aten.threshold': threshold,
  'aten.hardshrink': shrink('lambd', false),
  'aten.softshrink': shrink('lambd', true),
  'aten.isnan': isSpecial('IsNaN'),
  'aten.isinf': isSpecial('IsInf'),
  'aten.square': (call) => call.emit('Mul', [call.tensor('self'), call.tensor('self')]),
};
