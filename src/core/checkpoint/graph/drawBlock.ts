import { raise } from '../../result';
import { readElements, writeElements } from '../../tensor/convert';
import { bytesPerElement, type DType } from '../../tensor/dtype';
import { elementCount, type Tensor } from '../../tensor/tensor';
import type { FoundBlock } from '../blocks/foundBlock';
import { mainWeight, type Measures } from '../blocks/measure';
import { under } from '../blocks/nameIndex';
import type { Resolved } from '../blocks/resolved';
import { convAttributes, float, int, ints, type Named } from './attributes';
import type { GraphBuilder } from './graphBuilder';

/** A block as it was drawn. */
export interface Drawn {
  readonly source: string;
  readonly sink: string;
}

/** The element type that a block computes in: its own weight's. */
export function blockType({ steps, state }: Pick<FoundBlock, 'steps' | 'state'>): DType {
  return mainWeight(steps, (name) => state.entries.get(name))?.dtype ?? 'other';
}

/**
 * Draws a block from an input of its own to an output of its own, under the names of its entries.
 * @param label stands before the names of a second state dict's blocks; '' for the first.
 */
export function drawBlock(builder: GraphBuilder, block: FoundBlock, label: string): Drawn {
  const { measures } = block;
  if (measures === null) return raise('bad-input', `The block "${block.name}" has no shape.`);
  const dtype = blockType(block);
  const title = `${label}${block.name}`;
  const axes = measures.taps.length;
  const source = builder.input(title === '' ? 'input' : `${title}.input`, dtype, measures.inChannels, axes);
  const sink = builder.output(title === '' ? 'output' : title, dtype, measures.outChannels, axes);
  const pen = new Pen(builder, block, measures, label, dtype);
  const last = pen.all(block.steps, source);
  builder.rename(last === source ? builder.node(title, 'Identity', [source]) : last, sink);
  return { source, sink };
}

class Pen {
  private readonly constants = new Map<string, string>();

  constructor(
    private readonly builder: GraphBuilder,
    private readonly block: FoundBlock,
    private readonly measures: Measures,
    private readonly label: string,
    private readonly dtype: DType,
  ) {}

  all(steps: readonly Resolved[], source: string): string {
    let value = source;
    let channels = this.measures.inChannels;
    for (const step of steps) {
      value = this.one(step, value, channels);
      channels = this.channelsAfter(step, channels);
    }
    return value;
  }

  private one(step: Resolved, value: string, channels: number): string {
    const { builder, measures } = this;
    const at = 'at' in step ? this.path(step.at) : this.path('');
    switch (step.kind) {
      case 'conv':
        return builder.node(at, 'Conv', this.weights(step, value), this.convolution(step));
      case 'linear':
        return builder.node(at, 'Gemm', this.weights(step, value), [['transB', int(1)]]);
      case 'bn': {
        const parts = [
          this.scaled(step.weight, step.at, 'weight', channels, 1),
          this.scaled(step.bias, step.at, 'bias', channels, 0),
          this.entry(step.mean),
          this.entry(step.variance),
        ];
        const attributes = [['epsilon', float(this.block.eps)] as const];
        return builder.node(at, 'BatchNormalization', [value, ...parts], attributes);
      }
      case 'average':
        return builder.node(
          at,
          'AveragePool',
          [value],
          [
            ['kernel_shape', ints(measures.taps)],
            [
              'pads',
              ints(step.pads === 'block' ? both(measures.taps.map(half)) : both(measures.taps.map(() => 0))),
            ],
            ['count_include_pad', int(1)],
          ],
        );
      case 'scale':
        return builder.node(at, 'Mul', [value, this.perChannel(step.entry)]);
      case 'shift':
        return builder.node(at, 'Add', [value, this.perChannel(step.entry)]);
      case 'halve':
        return builder.node(at, 'Mul', [value, this.number(0.5)]);
      case 'sum':
        return this.sum(step, value);
    }
  }

  private sum(step: Extract<Resolved, { readonly kind: 'sum' }>, value: string): string {
    let total: string | null = null;
    for (const { steps, minus } of step.branches) {
      const end = this.all(steps, value);
      total = total === null ? end : this.builder.node(this.path(''), minus ? 'Sub' : 'Add', [total, end]);
    }
    return total ?? value;
  }

  private convolution({ weight, dilation, rule }: Extract<Resolved, { readonly kind: 'conv' }>): Named[] {
    const { groups, taps: own } = this.measures;
    const taps = this.tensor(weight).dims.slice(2);
    const pads =
      rule.pads === undefined
        ? taps.map((tap) => dilation * half(tap))
        : own.map((tap) => (rule.pads === 'block' ? half(tap) : 0));
    return convAttributes({ taps, pads, dilation, groups });
  }

  private weights(step: Extract<Resolved, { readonly kind: 'conv' | 'linear' }>, value: string): string[] {
    const isPlusIdentity = step.kind === 'conv' && step.rule.plusIdentity === true;
    const weight = isPlusIdentity
      ? this.constant(`${step.weight} + identity`, () => plusIdentity(this.tensor(step.weight)))
      : this.entry(step.weight);
    return [value, weight, ...(step.bias === null ? [] : [this.entry(step.bias)])];
  }

  /** A BN's own numbers; where it has none, one or zero for each channel. */
  private scaled(entry: string | null, at: string, part: string, channels: number, value: number): string {
    if (entry !== null) return this.entry(entry);
    const name = under(under(this.block.prefix, at), part);
    return this.constant(name, () => filled(this.dtype, [channels], value));
  }

  /** Along the channels of an image, or the one number. */
  private perChannel(entry: string): string {
    const tensor = this.tensor(entry);
    const count = elementCount(tensor.dims);
    const dims = count === 1 ? [] : [count, ...this.measures.taps.map(() => 1)];
    return this.constant(entry, () => ({ ...tensor, dims }));
  }

  private number(value: number): string {
    return this.constant(`${under(this.block.prefix, String(value))}`, () => filled(this.dtype, [], value));
  }

  private entry(name: string): string {
    return this.constant(name, () => this.tensor(name));
  }

  private constant(name: string, tensor: () => Tensor): string {
    const value = this.constants.get(name) ?? this.builder.constant(`${this.label}${name}`, tensor());
    this.constants.set(name, value);
    return value;
  }

  private tensor(name: string): Tensor {
    return this.block.state.entries.get(name) ?? raise('bad-input', `The file lacks "${name}".`);
  }

  private path(at: string): string {
    return `${this.label}${under(this.block.name, at)}`;
  }

  private channelsAfter(step: Resolved, channels: number): number {
    if (step.kind === 'conv' || step.kind === 'linear') return this.tensor(step.weight).dims[0] ?? channels;
    return step.kind === 'sum' ? this.measures.outChannels : channels;
  }
}

const half = (tap: number): number => (tap - 1) / 2;
const both = (pads: readonly number[]): readonly number[] => [...pads, ...pads];

function filled(dtype: DType, dims: readonly number[], value: number): Tensor {
  const values = (): Float64Array => new Float64Array(elementCount(dims)).fill(value);
  return { dtype, dims, bytes: () => elementBytes(dtype, values()) };
}

/** A 1×1 kernel that is added to the identity, within each group; rounded, as PyTorch adds the two at every run. */
function plusIdentity(weight: Tensor): Tensor {
  const { dtype, dims } = weight;
  const [rows = 0, width = 1] = dims;
  const bytes = (): Uint8Array => {
    const sums = readElements(dtype, weight.bytes(), 0, elementCount(dims));
    for (let row = 0; row < rows; row++) {
      const place = row * width + (row % width);
      sums[place] = (sums[place] ?? 0) + 1;
    }
    return elementBytes(dtype, sums);
  };
  return { dtype, dims, bytes };
}

function elementBytes(dtype: DType, values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.length * bytesPerElement(dtype));
  writeElements(dtype, values, bytes, 0);
  return bytes;
}
