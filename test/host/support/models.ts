import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from '../../../src/core/onnx/schema/onnx_pb';
import { buildOnnx, type NodeSpec } from '../../support/onnxBuilder';

/** Numbers that look random and are always the same. */
const wave =
  (seed: number, scale: number) =>
  (index: number): number =>
    scale * Math.sin(seed + 12.9898 * index);

/** A RepVGG-like block, 3×3 beside 1×1, then ReLU, from `from` to `to` channels; all sizes fixed. */
export function channelModel(from: number, to: number): Uint8Array {
  return buildOnnx({
    inputs: { x: ['float32', [1, from, 10, 10]] },
    outputs: { y: ['float32', [1, to, 10, 10]] },
    initializers: {
      w3: { dims: [to, from, 3, 3], data: wave(1, 0.5) },
      b3: { dims: [to], data: wave(2, 0.5) },
      w1: { dims: [to, from, 1, 1], data: wave(3, 0.5) },
      b1: { dims: [to], data: wave(4, 0.5) },
    },
    nodes: [
      {
        op: 'Conv',
        inputs: ['x', 'w3', 'b3'],
        outputs: ['a'],
        attrs: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      },
      { op: 'Conv', inputs: ['x', 'w1', 'b1'], outputs: ['b'], attrs: { kernel_shape: [1, 1] } },
      { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
      { op: 'Relu', inputs: ['sum'], outputs: ['y'] },
    ],
  });
}

/** Relu, Sigmoid and Mul in a row: a graph of so many nodes with nothing to tell modules by. */
export function flatModel(count: number): Uint8Array {
  const nodes: NodeSpec[] = [];
  let x = 'x';
  for (let index = 0; nodes.length + 3 <= count; index += 1) {
    const [a, b, y] = [`a${index}`, `b${index}`, `y${index}`];
    nodes.push({ op: 'Relu', inputs: [x], outputs: [a] }, { op: 'Sigmoid', inputs: [x], outputs: [b] });
    nodes.push({ op: 'Mul', inputs: [a, b], outputs: [y] });
    x = y;
  }
  nodes.push({ op: 'Identity', inputs: [x], outputs: ['y'] });
  return buildOnnx({ inputs: { x: ['float32', [1, 4]] }, outputs: { y: ['float32', [1, 4]] }, nodes });
}

/** The model with one weight of its largest float32 tensor half as large again. */
export function tampered(bytes: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const tensors = [...(model.graph?.initializer ?? [])].filter(({ dataType }) => dataType === 1);
  const [largest] = tensors.sort((a, b) => b.rawData.length - a.rawData.length);
  if (largest === undefined) throw new Error('The model has no float32 weights.');
  // a copy of its own: slices of a Buffer share its memory
  const raw = new Uint8Array(largest.rawData);
  const view = new DataView(raw.buffer);
  view.setFloat32(0, view.getFloat32(0, true) * 1.5 + 0.1, true);
  largest.rawData = raw;
  return toBinary(ModelProtoSchema, model);
}
