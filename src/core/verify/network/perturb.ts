import { indexGraph } from '../../ir/graphIndex';
import type { Attribute, Graph, Model, Node } from '../../ir/model';
import { fromNdArray, toNdArray } from '../../tensor/convert';
import { isFloat, unitRoundoff } from '../../tensor/dtype';
import type { Tensor } from '../../tensor/tensor';
import { seededRandom } from '../random';

/**
 * A model whose weights are off by about one rounding each: w·(1 + u·s + 2u·s′) with random signs, s for each number and s′
 * for each output channel, since a BN that was folded in the file's own precision shifts a whole channel at once.
 */

/** Roundings that the weights of one channel share: those of γ/√(σ² + ε). */
const SHARED_ROUNDINGS = 2;

/** Operators whose constants are weights. Those of others are sizes, scales of a Resize, limits of a Clip: not to be touched. */
const WEIGHTED: ReadonlySet<string> = new Set([
  ...['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Add', 'Sub', 'Mul', 'Div', 'PRelu', 'Sum', 'Mean'],
  ...['BatchNormalization', 'InstanceNormalization', 'LayerNormalization', 'GroupNormalization'],
]);

/** The tensors are float64 (nothing is rounded again) and computed when they are read. */
export function perturbWeights(model: Model, seed: number, draw: number): Model {
  const weights = weightNames(model.graph);
  const off = (name: string, tensor: Tensor): Tensor =>
    weights.has(name) && isFloat(tensor.dtype) ? perturbed(tensor, seed, draw, name) : tensor;
  const initializers = new Map(
    [...model.graph.initializers].map(([name, tensor]) => [name, off(name, tensor)]),
  );
  const nodes = model.graph.nodes.map((node) =>
    node.opType === 'Constant' ? perturbConstant(node, off) : node,
  );
  return { ...model, graph: { ...model.graph, initializers, nodes } };
}

/** Operators that hand a weight on: what they read is a weight if what they make is one. */
const HAND_ON: ReadonlySet<string> = new Set([
  ...[
    'Identity',
    'Transpose',
    'Reshape',
    'Flatten',
    'Squeeze',
    'Unsqueeze',
    'Expand',
    'Concat',
    'Slice',
    'Cast',
  ],
]);

function weightNames(graph: Graph): ReadonlySet<string> {
  const weights = new Set<string>();
  const others = new Set<string>();
  for (const node of indexGraph(graph).order.slice().reverse()) {
    const isWeighted =
      WEIGHTED.has(node.opType) || (HAND_ON.has(node.opType) && weights.has(node.outputs[0] ?? ''));
    for (const input of node.inputs) (isWeighted ? weights : others).add(input);
  }
  // what is also read as a size stays as it is
  return new Set([...weights].filter((name) => !others.has(name)));
}

function perturbConstant(node: Node, off: (name: string, tensor: Tensor) => Tensor): Node {
  const value = node.attributes.get('value');
  const [output] = node.outputs;
  if (value?.kind !== 'tensor' || output === undefined) return node;
  const attribute: Attribute = { kind: 'tensor', value: off(output, value.value) };
  return { ...node, attributes: new Map([...node.attributes, ['value', attribute]]) };
}

function perturbed(tensor: Tensor, seed: number, draw: number, name: string): Tensor {
  const u = unitRoundoff(tensor.dtype);
  return {
    dtype: 'float64',
    dims: tensor.dims,
    bytes: () => {
      const random = seededRandom(seed, 'weights', draw, name);
      const { data } = toNdArray(tensor);
      const perChannel = data.length / Math.max(1, tensor.dims[0] ?? 1);
      for (let start = 0; start < data.length; start += perChannel) {
        const shared = SHARED_ROUNDINGS * random.sign();
        for (let i = start; i < start + perChannel; i++)
          data[i] = (data[i] as number) * (1 + u * (random.sign() + shared));
      }
      return fromNdArray({ dtype: 'float64', dims: tensor.dims, data }).bytes();
    },
  };
}
