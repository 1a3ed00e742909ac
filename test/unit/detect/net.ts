import type { DType } from '../../../src/core/tensor/dtype';
import type { AttributeSpec, NodeSpec, OnnxSpec, TensorSpec, TypeSpec } from '../../support/onnxBuilder';

export interface ConvOptions {
  /** Pads of every axis, or one list as ONNX has it: begins, then ends. */
  readonly pad?: number | readonly number[];
  readonly stride?: number;
  readonly dilation?: number;
  readonly group?: number;
  /** false: none; a list: these values. */
  readonly bias?: boolean | readonly number[];
  readonly attrs?: Readonly<Record<string, AttributeSpec>>;
}

/** Writes small graphs from "x" to "y"; constants are noise, float64 unless told, so that merging is exact to 1e-15. */
export class Net {
  readonly #nodes: NodeSpec[] = [];
  readonly #constants: Record<string, TensorSpec> = {};
  #count = 0;

  constructor(readonly dtype: DType = 'float64') {}

  constant(dims: readonly number[], data: TensorSpec['data'] = this.#noise(), dtype = this.dtype): string {
    const name = `c${this.#count++}`;
    this.#constants[name] = { dtype, dims, data };
    return name;
  }

  ints(...data: readonly number[]): string {
    return this.constant([data.length], data, 'int64');
  }

  /** A node with one output, whose name is returned. */
  node(op: string, inputs: readonly string[], attrs: Readonly<Record<string, AttributeSpec>> = {}): string {
    const output = `v${this.#count++}`;
    this.#nodes.push({ op, name: `${op}_${output}`, inputs, outputs: [output], attrs });
    return output;
  }

  /** The parts of an even Split, two of them. */
  halves(input: string, axis: number): readonly [string, string] {
    const outputs = [`v${this.#count++}`, `v${this.#count++}`] as const;
    this.#nodes.push({ op: 'Split', name: `Split_${outputs[0]}`, inputs: [input], outputs, attrs: { axis } });
    return outputs;
  }

  conv(
    input: string,
    [inChannels, outChannels]: readonly [number, number],
    kernel: number | readonly number[],
    options: ConvOptions = {},
  ): string {
    const { pad = 0, stride = 1, dilation = 1, group = 1, bias = true } = options;
    const taps = typeof kernel === 'number' ? [kernel, kernel] : kernel;
    const weight = this.constant([outChannels, inChannels / group, ...taps]);
    const biases = bias === false ? [] : [this.constant([outChannels], bias === true ? this.#noise() : bias)];
    return this.node('Conv', [input, weight, ...biases], {
      pads: { ints: typeof pad === 'number' ? taps.flatMap(() => [pad, pad]) : pad },
      strides: { ints: taps.map(() => stride) },
      dilations: { ints: taps.map(() => dilation) },
      group,
      ...options.attrs,
    });
  }

  bn(input: string, channels: number, attrs: Readonly<Record<string, AttributeSpec>> = {}): string {
    const vectors = [0, 1, 2].map(() => this.constant([channels]));
    const variance = this.constant([channels], (index) => 0.5 + ((index * 7) % 5) / 5);
    return this.node('BatchNormalization', [input, ...vectors, variance], attrs);
  }

  /** The model; `dims` are those of x. */
  spec(dims: readonly (number | string)[], output: string, extra: Partial<OnnxSpec> = {}): OnnxSpec {
    const type: TypeSpec = [this.dtype, dims];
    const nodes = [...this.#nodes, { op: 'Identity', name: 'last', inputs: [output], outputs: ['y'] }];
    return {
      inputs: { x: type, ...extra.inputs },
      outputs: { y: [this.dtype, null], ...extra.outputs },
      initializers: this.#constants,
      nodes: extra.nodes ?? nodes,
      ...(extra.opset === undefined ? {} : { opset: extra.opset }),
    };
  }

  get nodes(): readonly NodeSpec[] {
    return this.#nodes;
  }

  #noise(): (index: number) => number {
    const seed = ++this.#count * 104729;
    return (index) => (((index + 1) * 7919 + seed) % 2003) / 1001 - 1;
  }
}
