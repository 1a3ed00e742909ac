import type { NodeSpec } from '../test/support/onnxBuilder';
import { writeNoiseModel } from './noiseModel';

/**
 * A train-form network of the shape of RepVGG-B3 (Ding et al. 2021, table 2) as the TorchScript exporter writes it in eval
 * mode: 28 blocks of 3×3 and 1×1 convolutions with an identity BN where the shape allows, 123 M parameters, 490 MB.
 * The numbers are noise: detection does not read them and fusion does not care.
 */
const STAGES: readonly { readonly depth: number; readonly width: number }[] = [
  { depth: 1, width: 64 },
  { depth: 4, width: 192 },
  { depth: 6, width: 384 },
  { depth: 16, width: 768 },
  { depth: 1, width: 2560 },
];

const CLASSES = 1000;

interface Draft {
  readonly nodes: NodeSpec[];
  readonly dims: Map<string, readonly number[]>;
}

/** Writes the network to `path`. @returns bytes written. */
export function writeRepVggB3(path: string): Promise<number> {
  const { nodes, dims } = network();
  return writeNoiseModel(path, {
    inputs: { image: ['float32', ['N', 3, 224, 224]] },
    outputs: { logits: ['float32', ['N', CLASSES]] },
    nodes,
    dims,
  });
}

function network(): Draft {
  const draft: Draft = { nodes: [], dims: new Map() };
  let value = 'image';
  let channels = 3;
  STAGES.forEach(({ depth, width }, stage) => {
    for (let place = 0; place < depth; place++) {
      value = block(draft, `stage${stage}.${place}`, value, channels, width, place === 0 ? 2 : 1);
      channels = width;
    }
  });
  draft.dims.set('linear.weight', [CLASSES, channels]).set('linear.bias', [CLASSES]);
  draft.nodes.push(
    { op: 'GlobalAveragePool', inputs: [value], outputs: ['pooled'] },
    { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'] },
    {
      op: 'Gemm',
      inputs: ['flat', 'linear.weight', 'linear.bias'],
      outputs: ['logits'],
      attrs: { transB: 1 },
    },
  );
  return draft;
}

function block(
  { nodes, dims }: Draft,
  name: string,
  input: string,
  cin: number,
  cout: number,
  stride: number,
): string {
  const conv = (branch: string, kernel: number): string => {
    const weight = `${name}.${branch}.weight`;
    dims.set(weight, [cout, cin, kernel, kernel]).set(`${name}.${branch}.bias`, [cout]);
    const pad = (kernel - 1) / 2;
    const attrs = { kernel_shape: [kernel, kernel], pads: [pad, pad, pad, pad], strides: [stride, stride] };
    nodes.push({
      op: 'Conv',
      inputs: [input, weight, `${name}.${branch}.bias`],
      outputs: [`${name}.${branch}`],
      attrs,
    });
    return `${name}.${branch}`;
  };
  nodes.push({ op: 'Add', inputs: [conv('dense', 3), conv('point', 1)], outputs: [`${name}.sum`] });
  let sum = `${name}.sum`;
  if (cin === cout && stride === 1) {
    const statistics = ['gamma', 'beta', 'mean', 'var'].map((part) => `${name}.identity.${part}`);
    for (const part of statistics) dims.set(part, [cout]);
    nodes.push({ op: 'BatchNormalization', inputs: [input, ...statistics], outputs: [`${name}.identity`] });
    nodes.push({ op: 'Add', inputs: [sum, `${name}.identity`], outputs: [`${name}.sum2`] });
    sum = `${name}.sum2`;
  }
  nodes.push({ op: 'Relu', inputs: [sum], outputs: [`${name}.out`] });
  return `${name}.out`;
}
