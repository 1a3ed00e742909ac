import type { Detection } from '../detect/detect';
import type { Attribute, Dim } from '../ir/model';
import { isNumeric, readElements } from '../tensor/convert';
import { elementCount, type Tensor } from '../tensor/tensor';
import { callOf } from './callOf';

/** A node on click: its attributes, and what it reads and makes. */
export interface NodeView {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** What PyTorch calls there: "aten.conv2d"; left out for a node of ONNX. */
  readonly call?: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly inputs: readonly ValueView[];
  readonly outputs: readonly ValueView[];
}

export interface ValueView {
  readonly name: string;
  readonly dtype: string | null;
  readonly dims: readonly Dim[] | null;
  /** A constant whose statistics can be asked for. */
  readonly constant: boolean;
}

/** The numbers of a weight, as a viewer shows them. */
export interface TensorView {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly zeros: number;
  /** NaN and infinite elements; left out of the figures above. */
  readonly notFinite: number;
  /** Counts of equally wide bins from min to max. */
  readonly histogram: readonly number[];
}

/** A node of the model by name; null when there is none. */
export function nodeView({ analysis }: Detection, name: string): NodeView | null {
  const node = analysis.model.graph.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) return null;
  const call = callOf(node);
  const value = (of: string): ValueView => {
    const type = analysis.facts.types.get(of);
    return {
      name: of,
      dtype: type?.dtype ?? null,
      dims: type?.dims ?? null,
      constant: analysis.facts.constants.has(of),
    };
  };
  return {
    name,
    opType: node.opType,
    domain: node.domain,
    ...(call === null ? {} : { call }),
    attributes: [...node.attributes].map(([key, attribute]) => ({
      name: key,
      value: attributeText(attribute),
    })),
    inputs: node.inputs.filter((input) => input !== '').map(value),
    outputs: node.outputs.filter((output) => output !== '').map(value),
  };
}

/** Statistics of a constant; null when there is none of that name or it holds no numbers. Reads the whole tensor. */
export function tensorView({ analysis }: Detection, name: string): TensorView | null {
  const tensor = analysis.facts.constants.get(name);
  return tensor === undefined || !isNumeric(tensor.dtype) ? null : statistics(name, tensor);
}

const BINS = 32;

function statistics(name: string, tensor: Tensor): TensorView {
  const values = readElements(tensor.dtype, tensor.bytes(), 0, elementCount(tensor.dims));
  const finite = values.filter(Number.isFinite);
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let zeros = 0;
  for (const value of finite) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    if (value === 0) zeros += 1;
  }
  const mean = finite.length === 0 ? 0 : sum / finite.length;
  const histogram = new Array<number>(BINS).fill(0);
  let squares = 0;
  for (const value of finite) {
    squares += (value - mean) ** 2;
    const bin = max > min ? Math.min(BINS - 1, Math.floor(((value - min) / (max - min)) * BINS)) : 0;
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  return {
    name,
    dtype: tensor.dtype,
    dims: tensor.dims,
    min: finite.length === 0 ? 0 : min,
    max: finite.length === 0 ? 0 : max,
    mean,
    std: finite.length === 0 ? 0 : Math.sqrt(squares / finite.length),
    zeros,
    notFinite: values.length - finite.length,
    histogram,
  };
}

function attributeText(attribute: Attribute): string {
  switch (attribute.kind) {
    case 'int':
    case 'float':
    case 'string':
      return String(attribute.value);
    case 'ints':
    case 'floats':
    case 'strings':
      return `[${attribute.value.slice(0, 64).join(', ')}${attribute.value.length > 64 ? ', …' : ''}]`;
    case 'tensor':
      return `tensor ${attribute.value.dtype} [${attribute.value.dims.join(', ')}]`;
    case 'graph':
      return `graph of ${attribute.value.nodes.length} nodes`;
    case 'graphs':
      return `${attribute.value.length} graphs`;
    case 'reference':
      return `the caller's "${attribute.value}"`;
    case 'other':
      return '…';
  }
}
