import type { Attribute, Dim, Node, ValueInfo } from '../../ir/model';
import type { DType } from '../../tensor/dtype';
import type { Tensor } from '../../tensor/tensor';

const ORIGIN = { kind: 'new', provenance: {} } as const;
/** Sizes of images by their number of axes. */
const SIZES: readonly (readonly string[])[] = [[], ['L'], ['H', 'W'], ['D', 'H', 'W']];

/** A graph that grows block by block: every block from an input of its own to an output of its own. */
export class GraphBuilder {
  readonly inputs: ValueInfo[] = [];
  readonly outputs: ValueInfo[] = [];
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, Tensor>();
  private readonly used = new Set<string>();

  /** @param axes of the image: 0 for vectors. */
  input(name: string, dtype: DType, channels: number, axes: number): string {
    const value = this.fresh(name);
    this.inputs.push({ name: value, type: { dtype, dims: imageDims(channels, axes) } });
    return value;
  }

  output(name: string, dtype: DType, channels: number, axes: number): string {
    const value = this.fresh(name);
    this.outputs.push({ name: value, type: { dtype, dims: imageDims(channels, axes) } });
    return value;
  }

  constant(name: string, tensor: Tensor): string {
    const value = this.fresh(name);
    this.initializers.set(value, tensor);
    return value;
  }

  /** @param path "stage1.0.rbr_dense.conv". @returns its result. */
  node(
    path: string,
    opType: string,
    inputs: readonly string[],
    attributes: readonly (readonly [string, Attribute])[] = [],
  ): string {
    const name = this.fresh(`/${path === '' ? '' : `${path.replaceAll('.', '/')}/`}${opType}`);
    const output = this.fresh(`${name}_output_0`);
    this.nodes.push({
      ...{ name, opType, domain: '', inputs, outputs: [output] },
      ...{ attributes: new Map(attributes), origin: ORIGIN },
    });
    return output;
  }

  /** Gives what the last node makes another name. */
  rename(value: string, name: string): void {
    const place = this.nodes.length - 1;
    const node = this.nodes[place];
    if (node?.outputs[0] === value) this.nodes[place] = { ...node, outputs: [name] };
  }

  private fresh(hint: string): string {
    let name = hint;
    for (let count = 1; this.used.has(name); count++) name = `${hint}_${count}`;
    this.used.add(name);
    return name;
  }
}

function imageDims(channels: number, axes: number): readonly Dim[] {
  return ['N', channels, ...(SIZES[axes] ?? [])];
}
