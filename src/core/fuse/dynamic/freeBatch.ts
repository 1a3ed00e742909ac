import { indexGraph } from '../../ir/graphIndex';
import { intAttribute } from '../../ir/attributes';
import type { Dim, Graph, Model, Node, ValueInfo } from '../../ir/model';
import { nameAuthority, type NameAuthority } from '../../ir/nameAuthority';
import { inlineFunctions } from '../../passes/inlineFunctions';
import { inputDims } from '../../passes/inputDims';
import { inferFacts, type ValueFacts } from '../../passes/valueFacts';
import { raise } from '../../result';
import { fromNdArray, readElements } from '../../tensor/convert';
import { elementCount, type Tensor } from '../../tensor/tensor';
import { sweep } from '../sweep';

/**
 * Opens the batch of a model whose dynamic convolutions hold it no longer: its inputs get a symbol for it, and every Reshape
 * to [batch, …] copies or computes it instead. The result is checked by inferring its shapes at two other batches.
 * @param batch the batch that the file held.
 * @throws ProblemError `unsupported` with the node that still needs the old batch.
 */
export function freeBatch(original: Model, batch: number): Model {
  const model = original.functions.length > 0 ? inlineFunctions(original) : original;
  const { graph } = model;
  const facts = inferFacts(model, indexGraph(graph));
  const symbol = symbolOf(graph);
  const open = (value: ValueInfo): ValueInfo => opened(value, batch, symbol);
  const names = nameAuthority(graph);
  const initializers = new Map<string, Tensor>(graph.initializers);
  const nodes = graph.nodes.map((node) => relaxed(node, batch, facts, names, initializers));
  const after: Graph = {
    ...graph,
    inputs: graph.inputs.map((input) => (graph.initializers.has(input.name) ? input : open(input))),
    outputs: graph.outputs.map(open),
    nodes,
    initializers,
    // the file's notes on inner values hold the old batch
    valueTypes: new Map(),
  };
  const freed: Model = { ...model, graph: sweep(graph, after) };
  check(freed, symbol, batch);
  return freed;
}

/** The name that the inputs have for their batch, or a new one. */
function symbolOf(graph: Graph): string {
  const dims = [...inputDims(graph).values()];
  const named = dims.map(([first]) => first).find((dim) => typeof dim === 'string');
  if (typeof named === 'string') return named;
  const taken = new Set(dims.flat());
  return ['N', 'batch', 'batch_size'].find((name) => !taken.has(name)) ?? 'replens_batch';
}

function opened(value: ValueInfo, batch: number, symbol: string): ValueInfo {
  const dims = value.type?.dims;
  if (!value.type || !dims || dims.length < 2 || dims[0] !== batch) return value;
  return { ...value, type: { ...value.type, dims: [symbol, ...dims.slice(1)] } };
}

/** A Reshape of [batch, …] to [batch, …] with the batch left open; any other node as it is. */
function relaxed(
  node: Node,
  batch: number,
  { constants, types }: ValueFacts,
  names: NameAuthority,
  initializers: Map<string, Tensor>,
): Node {
  const [data = '', shape = ''] = node.inputs;
  const tensor = constants.get(shape);
  if (node.opType !== 'Reshape' || node.domain !== '' || tensor === undefined) return node;
  const target = [...readElements(tensor.dtype, tensor.bytes(), 0, elementCount(tensor.dims))];
  const from = types.get(data)?.dims?.[0];
  const isBatch = from === batch || typeof from === 'string';
  const zeroIsZero = intAttribute(node, 'allowzero', 0) !== 0;
  if (target[0] !== batch || !isBatch || (zeroIsZero && target.includes(0))) return node;
  // 0 copies the batch, −1 finds it
  target[0] = target.includes(-1) ? 0 : -1;
  const name = names.value(`${shape}.anyBatch`);
  initializers.set(name, fromNdArray({ dtype: 'int64', dims: tensor.dims, data: Float64Array.from(target) }));
  const attributes = new Map([...node.attributes].filter(([key]) => key !== 'allowzero'));
  return { ...node, inputs: [data, name], attributes };
}

function check(model: Model, symbol: string, batch: number): void {
  const index = indexGraph(model.graph);
  for (const size of [batch + 1, batch + 2]) {
    const bindings = new Map<string, number>();
    for (const dim of [...inputDims(model.graph).values()].flat())
      if (typeof dim === 'string') bindings.set(dim, NOMINAL_SIZE);
    bindings.set(symbol, size);
    const facts = inferFacts(model, index, bindings);
    const [conflict] = facts.conflicts;
    if (conflict !== undefined)
      raise(
        'unsupported',
        `The batch can't be left open: ${withoutStop(conflict.message)} at a batch of ${size}.`,
      );
    for (const { name, type } of model.graph.outputs) {
      const dim: Dim = facts.types.get(name)?.dims?.[0] ?? null;
      if (type?.dims?.[0] === symbol && dim !== size) {
        raise(
          'unsupported',
          `The batch can't be left open: at a batch of ${size} the output "${name}" has ${dim ?? 'an unknown number of'} samples.`,
        );
      }
    }
  }
}

/** Stands for other open sizes. */
const NOMINAL_SIZE = 32;

function withoutStop(sentence: string): string {
  return sentence.endsWith('.') ? sentence.slice(0, -1) : sentence;
}
