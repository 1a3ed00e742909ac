import { intAttribute } from '../../ir/attributes';
import type { ValueType } from '../../ir/model';
import { dtypeOf } from '../../onnx/dataTypes';
import type { DType } from '../../tensor/dtype';
import { broadcastDims, typed, withDtype } from './dims';

import type { NodeView, ShapeRule, ShapeRules } from './shapeRule';

/** Ops that work element by element: the output is shaped like the input, or like what the inputs broadcast to. */

/** The first output has the type of the first input. */
export const sameAsInput: ShapeRule = (view) => [view.type(0)];

const broadcast: ShapeRule = (view) => [broadcastOf(view, null)];
const compare: ShapeRule = (view) => [broadcastOf(view, 'bool')];
const predicate: ShapeRule = (view) => [withDtype(view.type(0), 'bool')];

function broadcastOf(view: NodeView, dtype: DType | null): ValueType | null {
  const types = view.node.inputs.map((_, input) => view.type(input));
  const known = types.find((type) => type !== null && type.dtype !== 'other') ?? null;
  const result = dtype ?? known?.dtype ?? null;
  return result === null ? null : typed(result, broadcastDims(types.map((type) => type?.dims ?? null)));
}

const where: ShapeRule = (view) => {
  const dtype = view.type(1)?.dtype ?? view.type(2)?.dtype;
  if (dtype === undefined) return [null];
  return [typed(dtype, broadcastDims([0, 1, 2].map((input) => view.type(input)?.dims ?? null)))];
};

const cast: ShapeRule = (view) => {
  const dtype = dtypeOf(intAttribute(view.node, 'to', 0));
  return [withDtype(view.type(0), dtype)];
};

const castLike: ShapeRule = (view) => {
  const like = view.type(1);
  return [like === null ? null : withDtype(view.type(0), like.dtype)];
};

const dropout: ShapeRule = (view) => {
  const type = view.type(0);
  // before operator set 10 the mask had the type of the data
  return [type, view.opset < 10 ? type : withDtype(type, 'bool')];
};

const quantize: ShapeRule = (view) => [withDtype(view.type(0), view.type(2)?.dtype ?? 'uint8')];

const dequantize: ShapeRule = (view) => [withDtype(view.type(0), view.type(1)?.dtype ?? 'float32')];

/** Statistics of training mode and of saved means keep no type here; nothing downstream of inference reads them. */
const SAME = [
  ...[
    'Abs',
    'Acos',
    'Acosh',
    'Asin',
    'Asinh',
    'Atan',
    'Atanh',
    'BatchNormalization',
    'Ceil',
    'Celu',
    'Clip',
    'Cos',
  ],
  ...[
    'Cosh',
    'CumSum',
    'Elu',
    'Erf',
    'Exp',
    'Floor',
    'Gelu',
    'GroupNormalization',
    'HardSigmoid',
    'HardSwish',
  ],
  ...[
    'Hardmax',
    'Identity',
    'InstanceNormalization',
    'LRN',
    'LayerNormalization',
    'LeakyRelu',
    'Log',
    'LogSoftmax',
  ],
  ...[
    'LpNormalization',
    'MeanVarianceNormalization',
    'Mish',
    'Neg',
    'PRelu',
    'RMSNormalization',
    'Reciprocal',
    'Relu',
  ],
  ...[
    'ReverseSequence',
    'Round',
    'ScaledTanh',
    'Selu',
    'Shrink',
    'Sigmoid',
    'Sign',
    'Sin',
    'Sinh',
    'Softmax',
  ],
  ...['Softplus', 'Softsign', 'Sqrt', 'Swish', 'Tan', 'Tanh', 'ThresholdedRelu', 'Trilu', 'BitwiseNot'],
];
const BROADCAST = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Mod', 'Min', 'Max', 'Mean', 'Sum', 'BitShift'],
  ...['BitwiseAnd', 'BitwiseOr', 'BitwiseXor'],
];
const COMPARE = ['And', 'Or', 'Xor', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'];

export const elementwiseRules: ShapeRules = {
  ...Object.fromEntries(SAME.map((op) => [op, sameAsInput])),
  ...Object.fromEntries(BROADCAST.map((op) => [op, broadcast])),
  ...Object.fromEntries(COMPARE.map((op) => [op, compare])),
  Not: predicate,
  IsNaN: predicate,
  IsInf: predicate,
  Where: where,
  Cast: cast,
  CastLike: castLike,
  Dropout: dropout,
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
};
