import type { NodeSpec, OnnxSpec, TensorSpec } from '../onnxBuilder';
import type { BlockSpec, BnSpec, BranchSpec } from './blocks';
import { bnFactors, type Merged } from './merge';

/** The merged form of one block, as some converter writes it. */
export interface DeployBlock extends Merged {
  readonly pads: readonly number[];
  readonly stride: number;
  readonly dilation?: number;
  /** A Pad of that mode before the convolution, which then has none. */
  readonly padMode?: 'reflect' | 'edge';
  /** The block is not there at all. */
  readonly gone?: boolean;
}

export interface TrainStyle {
  /** BNs behind convolutions folded in float32, as exporters do in eval mode. */
  readonly folded: boolean;
  readonly openSizes: boolean;
  /** A Pad of that mode on the blocks' input instead of zero pads. */
  readonly padMode: ReadonlyMap<number, 'reflect' | 'edge'>;
}

const SIZE = 9;

class Writer {
  readonly initializers: Record<string, TensorSpec> = {};
  readonly nodes: NodeSpec[] = [];

  constant(name: string, dims: readonly number[], data: Float64Array): string {
    this.initializers[name] = { dims, data };
    return name;
  }

  node(op: string, name: string, inputs: readonly string[], attrs: NodeSpec['attrs'] = {}): string {
    this.nodes.push({ op, name, inputs, outputs: [`${name}.out`], attrs });
    return `${name}.out`;
  }

  bn(name: string, x: string, bn: BnSpec): string {
    const count = [bn.gamma.length];
    const inputs = (['gamma', 'beta', 'mean', 'variance'] as const).map((key) =>
      this.constant(`${name}.${key}`, count, bn[key]),
    );
    return this.node('BatchNormalization', name, [x, ...inputs], { epsilon: { float: bn.eps } });
  }
}

/** x → block → Relu → … → GlobalAveragePool → 1×1 → y. */
function network(
  blocks: readonly BlockSpec[],
  openSizes: boolean,
  write: (writer: Writer, block: BlockSpec, place: number, x: string) => string,
): OnnxSpec {
  const writer = new Writer();
  let value = 'x';
  blocks.forEach((block, place) => {
    const made = write(writer, block, place, value);
    value = writer.node('Relu', `blocks.${place}.relu`, [made]);
  });
  const channels = blocks[blocks.length - 1]?.outChannels ?? 1;
  const pooled = writer.node('GlobalAveragePool', 'pool', [value]);
  const head = Float64Array.from({ length: 2 * channels }, (_, i) => Math.fround(Math.sin(i + 1)));
  writer.nodes.push({
    op: 'Conv',
    name: 'head',
    inputs: [pooled, writer.constant('head.weight', [2, channels, 1, 1], head)],
    outputs: ['y'],
  });
  const [height, width] = openSizes ? ['H', 'W'] : [SIZE, SIZE];
  return {
    inputs: { x: ['float32', ['N', blocks[0]?.inChannels ?? 1, height as string, width as string]] },
    outputs: { y: ['float32', ['N', 2, 1, 1]] },
    initializers: writer.initializers,
    nodes: writer.nodes,
  };
}

export function trainNetwork(blocks: readonly BlockSpec[], style: TrainStyle): OnnxSpec {
  return network(blocks, style.openSizes, (writer, block, place, x) => {
    const name = `blocks.${place}`;
    const mode = style.padMode.get(place);
    const pad = (block.side - 1) / 2;
    const padded = mode === undefined ? null : padNode(writer, `${name}.pad`, x, pad, mode);
    let sum: string | null = null;
    block.branches.forEach((branch, i) => {
      const made = writeBranch(writer, block, branch, `${name}.${i}`, x, padded, style.folded);
      if (sum === null) sum = made;
      else sum = writer.node(branch.subtract ? 'Sub' : 'Add', `${name}.join${i}`, [sum, made]);
    });
    return block.outer === null ? (sum ?? x) : writer.bn(`${name}.outer`, sum ?? x, block.outer);
  });
}

function padNode(writer: Writer, name: string, x: string, pad: number, mode: string): string {
  writer.initializers[`${name}.pads`] = { dtype: 'int64', dims: [8], data: [0, 0, pad, pad, 0, 0, pad, pad] };
  return writer.node('Pad', name, [x, `${name}.pads`], { mode });
}

function writeBranch(
  writer: Writer,
  block: BlockSpec,
  branch: BranchSpec,
  name: string,
  x: string,
  padded: string | null,
  folded: boolean,
): string {
  let value = x;
  if (branch.kind === 'chain') {
    const c = block.inChannels;
    const inputs = [
      value,
      writer.constant(`${name}.inner`, [c, c, 1, 1], branch.inner ?? new Float64Array()),
    ];
    if (branch.innerBias !== null) inputs.push(writer.constant(`${name}.innerBias`, [c], branch.innerBias));
    value = writer.node('Conv', `${name}.first`, inputs);
  }
  const isFolded = folded && branch.bn !== null && branch.kind !== 'identity' && branch.kind !== 'pool';
  if (branch.kind === 'conv' || branch.kind === 'chain')
    value = writeConv(writer, block, branch, name, value, padded, isFolded);
  if (branch.kind === 'pool') {
    const pad = (branch.height - 1) / 2;
    const attrs = {
      kernel_shape: [branch.height, branch.width],
      pads: [pad, pad, pad, pad],
      strides: [block.stride, block.stride],
      count_include_pad: 1,
    };
    value = writer.node('AveragePool', `${name}.pool`, [value], attrs);
  }
  if (branch.bn !== null && !isFolded) value = writer.bn(`${name}.bn`, value, branch.bn);
  if (branch.scale === null) return value;
  const scalar = branch.scale.length === 1;
  const dims = scalar ? [] : [1, branch.scale.length, 1, 1];
  return writer.node('Mul', `${name}.scale`, [value, writer.constant(`${name}.factor`, dims, branch.scale)]);
}

function writeConv(
  writer: Writer,
  block: BlockSpec,
  branch: BranchSpec,
  name: string,
  x: string,
  padded: string | null,
  isFolded: boolean,
): string {
  const { outChannels, groups, stride } = block;
  const perGroup = block.inChannels / groups;
  const reach = (taps: number): number => ((taps - 1) / 2) * branch.dilation;
  const [h, w] = [reach(branch.height), reach(branch.width)];
  // behind a shared Pad only the full kernel needs none of its own
  const reads = padded !== null && h === (block.side - 1) / 2 && w === h ? padded : x;
  const t = isFolded && branch.bn !== null ? bnFactors(branch.bn) : null;
  const length = branch.weight.length / outChannels;
  const weight = branch.weight.map((value, at) => value * (t?.times[Math.floor(at / length)] ?? 1));
  const inputs = [
    reads,
    writer.constant(`${name}.weight`, [outChannels, perGroup, branch.height, branch.width], weight),
  ];
  if (branch.bias !== null || t !== null) {
    const bias = Float64Array.from(
      { length: outChannels },
      (_, o) => (branch.bias?.[o] ?? 0) * (t?.times[o] ?? 1) + (t?.plus[o] ?? 0),
    );
    inputs.push(writer.constant(`${name}.bias`, [outChannels], bias));
  }
  return writer.node('Conv', `${name}.conv`, inputs, {
    ...{ group: groups, strides: [stride, stride], dilations: [branch.dilation, branch.dilation] },
    pads: reads === x ? [h, w, h, w] : [0, 0, 0, 0],
  });
}

/** Names and node order are not the train form's. */
export function deployNetwork(
  blocks: readonly BlockSpec[],
  forms: readonly DeployBlock[],
  openSizes: boolean,
): OnnxSpec {
  const spec = network(blocks, openSizes, (writer, block, place, x) => {
    const form = forms[place] as DeployBlock;
    if (form.gone === true) return x;
    const { outChannels, inChannels, groups, side } = block;
    const read =
      form.padMode === undefined ? x : padNode(writer, `m${place}.pad`, x, (side - 1) / 2, form.padMode);
    const inputs = [
      read,
      writer.constant(`m${place}.w`, [outChannels, inChannels / groups, side, side], form.weight),
      writer.constant(`m${place}.b`, [outChannels], form.bias),
    ];
    return writer.node('Conv', `m${place}`, inputs, {
      ...{
        group: groups,
        strides: [form.stride, form.stride],
        dilations: [form.dilation ?? 1, form.dilation ?? 1],
      },
      pads: form.padMode === undefined ? form.pads : [0, 0, 0, 0],
    });
  });
  return renamed(spec);
}

function renamed(spec: OnnxSpec): OnnxSpec {
  const name = (value: string): string =>
    value === 'x' || value === 'y' ? value : value.replace('blocks.', 'layer_').replace('.out', '_o');
  return {
    ...spec,
    initializers: Object.fromEntries(
      Object.entries(spec.initializers ?? {}).map(([key, tensor]) => [name(key), tensor]),
    ),
    nodes: spec.nodes.map((node) => ({
      ...node,
      name: name(node.name ?? ''),
      inputs: node.inputs.map(name),
      outputs: node.outputs.map(name),
    })),
  };
}
