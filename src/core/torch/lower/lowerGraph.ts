import type { NameAuthority } from '../../ir/nameAuthority';
import type { Node, ValueType } from '../../ir/model';
import { raise } from '../../result';
import { elementCount, type Tensor } from '../../tensor/tensor';
import type { AtenGraph, AtenNode } from '../program/atenGraph';
import { namesIn, outputNames, usedNames } from '../program/namesIn';
import { Call, type CallScope, type InputAxis, type Lowering, type MadeNode } from './call';
import { inPlaceLowering, isInPlace } from './inPlace';
import { LOWERINGS } from './lowerings';
import { ownCell, readCell, viewCell, writeCell, type Cell } from './memory';
import { opaqueNode } from './opaque';
import { Unlowerable } from './unlowerable';
import { viewedArgument, VIEWS } from './views';

/** Calls that only run another graph. */
const WRAPPERS = new Set(['higher_order.wrap_with_set_grad_enabled', 'higher_order.wrap_with_autocast']);

/** Views of views that are written to again and again make a node each time. */
const MOST_NODES = 100_000;
/** In masks and other constants that lowerings make. */
const MOST_ELEMENTS = 2 ** 25;

/** Hears of constants and nodes as they are made, in an order in which each may be read. */
export interface LoweringWatch {
  constant(name: string, tensor: Tensor): void;
  node(node: Node): void;
}

/** Lowers a graph of ATen calls to nodes of the IR, one call after the other. */
export class GraphLowering {
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, Tensor>();
  readonly valueTypes = new Map<string, ValueType>();
  /** Open sizes of the inputs by their symbol. */
  readonly inputSizes = new Map<string, InputAxis>();
  private elements = 0;
  private readonly claimed = new Set<string>();
  private readonly sizes = new Map<string, string>();

  /** @param names knows every name of the graph. */
  constructor(
    private readonly names: NameAuthority,
    private readonly watch: LoweringWatch | null = null,
  ) {}

  /** Adds a tensor that the model holds. */
  hold(name: string, tensor: Tensor): void {
    this.initializers.set(name, tensor);
    this.watch?.constant(name, tensor);
  }

  /** @param cells the graph's inputs; what its calls make is added. */
  lower(graph: AtenGraph, cells: Map<string, Cell>): void {
    const used = usedNames(graph);
    for (const node of graph.nodes) this.lowerCall(node, graph, cells, used);
  }

  /** @param used the outputs that must be made; others may be left out where the call's lowering has none for them. */
  lowerCall(
    node: AtenNode,
    graph: Pick<AtenGraph, 'types' | 'strides'>,
    cells: Map<string, Cell>,
    used: ReadonlySet<string>,
  ): void {
    new CallLowering(this, this.names, { graph, cells, used, sizes: this.sizes }).run(node);
  }

  /** Takes over what a call made; gives the names under which its results stand now. */
  keep(call: Call, results: readonly string[], outputs: readonly string[]): readonly string[] {
    const own = new Set(call.made.flatMap((made) => made.outputs));
    const renamed = new Map<string, string>();
    results.forEach((result, place) => {
      const output = outputs[place];
      if (output !== undefined && own.has(result) && !renamed.has(result))
        renamed.set(result, this.claim(output));
    });
    for (const [name, tensor] of call.constants) {
      this.elements += elementCount(tensor.dims);
      if (this.elements > MOST_ELEMENTS)
        raise('unsupported', 'The program needs more masks and constants than any model; export it again.');
      this.hold(name, tensor);
    }
    for (const made of call.made) this.add(call.node, made, renamed);
    return results.map((result) => renamed.get(result) ?? result);
  }

  private add(origin: AtenNode, made: MadeNode, renamed: ReadonlyMap<string, string>): void {
    if (this.nodes.length >= MOST_NODES)
      raise(
        'unsupported',
        `The program has more than ${MOST_NODES} nodes, which no model has; export it again.`,
      );
    const rename = (value: string): string => renamed.get(value) ?? value;
    const main = made.outputs.some((output) => renamed.has(output));
    const path = `/${origin.module === '' ? '' : `${origin.module}/`}${origin.name}`;
    const node: Node = {
      name: this.names.node(main ? path : `${path}.${made.opType}`),
      opType: made.opType,
      domain: made.domain,
      inputs: made.inputs.map(rename),
      outputs: made.outputs.map(rename),
      attributes: new Map(Object.entries(made.attributes)),
      origin: { kind: 'file', ref: origin },
    };
    this.nodes.push(node);
    this.watch?.node(node);
  }

  /** The name itself, or one like it where an inner graph uses it again. */
  private claim(name: string): string {
    if (this.claimed.has(name)) return this.names.value(name);
    this.claimed.add(name);
    return name;
  }
}

interface Surroundings {
  readonly graph: Pick<AtenGraph, 'types' | 'strides'>;
  readonly cells: Map<string, Cell>;
  /** Names that some call or output of the graph reads. */
  readonly used: ReadonlySet<string>;
  readonly sizes: Map<string, string>;
}

/** Lowers one call. */
class CallLowering {
  private readonly scope: CallScope;

  constructor(
    private readonly target: GraphLowering,
    names: NameAuthority,
    private readonly around: Surroundings,
  ) {
    const { cells, sizes, graph } = around;
    this.scope = {
      names,
      read: (tensor) => readCell(cells.get(tensor) ?? missing(tensor)),
      readSize: (size) => sizes.get(size) ?? missing(size),
      typeOf: (tensor) => graph.types.get(tensor),
      inputOfSize: (symbol) => target.inputSizes.get(symbol) ?? null,
      stridesOf: (tensor) => graph.strides?.get(tensor) ?? null,
    };
  }

  run(node: AtenNode): void {
    if (node.outputs.length === 0 && !isInPlace(node.target)) return;
    if (WRAPPERS.has(node.target) && this.inline(node)) return;
    if (isInPlace(node.target)) this.write(node);
    else this.make(node);
  }

  private make(node: AtenNode): void {
    const write = VIEWS.get(node.target);
    const lowering = LOWERINGS.get(node.target);
    const values = this.values(node, lowering);
    const viewed = write === undefined ? undefined : node.args.get(viewedArgument(node.target));
    const of = viewed?.kind === 'tensor' ? this.around.cells.get(viewed.name) : undefined;
    outputNames(node).forEach((name, place) => {
      const value = values[place] ?? '';
      if (name === '' || value === '') return;
      const cell =
        of === undefined || lowering === undefined
          ? ownCell(value)
          : viewCell(
              { of, again: (now) => this.again(node, lowering, now, place), written: this.writer(node) },
              value,
            );
      this.define(name, cell);
    });
    for (const output of node.outputs) {
      if (output.kind === 'size' && values[0] !== undefined) this.around.sizes.set(output.name, values[0]);
    }
  }

  /** The values of a call's outputs, those of an opaque node where it has no lowering. */
  private values(node: AtenNode, lowering: Lowering | undefined): readonly string[] {
    const outputs = outputNames(node);
    const call = new Call(node, this.scope);
    try {
      if (lowering === undefined) return this.opaque(node, outputs);
      const made = lowering(call);
      const results = typeof made === 'string' ? [made] : made;
      const lacking = outputs.some(
        (name, place) => (results[place] ?? '') === '' && this.around.used.has(name),
      );
      return lacking ? this.opaque(node, outputs) : this.target.keep(call, results, outputs);
    } catch (error) {
      if (error instanceof Unlowerable) return this.opaque(node, outputs);
      throw error;
    }
  }

  private opaque(node: AtenNode, outputs: readonly string[]): readonly string[] {
    const call = new Call(node, this.scope);
    const results = outputs.map((name) => this.scope.names.value(`${name === '' ? node.name : name}.out`));
    call.made.push(opaqueNode(node, this.tensorsRead(node), results));
    return this.target.keep(call, results, outputs);
  }

  private tensorsRead(node: AtenNode): readonly string[] {
    return [...node.args.values()].flatMap(namesIn).flatMap((name) => {
      const cell = this.around.cells.get(name);
      const size = this.around.sizes.get(name);
      return [cell !== undefined ? readCell(cell) : (size ?? missing(name))];
    });
  }

  private write(node: AtenNode): void {
    const self = node.args.get('self');
    const cell = self?.kind === 'tensor' ? this.around.cells.get(self.name) : undefined;
    const [value] = this.values(node, inPlaceLowering(node.target));
    if (cell === undefined || self?.kind !== 'tensor' || value === undefined) return;
    const written = this.writeTo(cell, value, node);
    this.around.cells.set(self.name, written);
    const [output] = outputNames(node);
    if (output !== undefined) this.around.cells.set(output, written);
  }

  private writeTo(cell: Cell, value: string, node: AtenNode): Cell {
    try {
      return writeCell(cell, value, node.name);
    } catch (error) {
      if (!(error instanceof Unlowerable)) throw error;
      return raise(
        'unsupported',
        `"${node.name}" (${node.target}) writes into a part of a tensor that ${error.message}; export the model with fixed sizes.`,
      );
    }
  }

  /** The view that a call made, of another value. */
  private again(node: AtenNode, lowering: Lowering, value: string, place: number): string {
    const call = new Call(node, this.seeing(node, value));
    const made = lowering(call);
    const results = typeof made === 'string' ? [made] : made;
    return this.target.keep(call, results, [])[place] ?? missing(node.name);
  }

  private writer(node: AtenNode): ((viewed: string, value: string) => string) | null {
    const write = VIEWS.get(node.target);
    if (!write) return null;
    return (viewed, value) => {
      const call = new Call(node, this.seeing(node, viewed));
      return this.target.keep(call, [write(call, viewed, value)], [])[0] as string;
    };
  }

  /** The scope in which the call's viewed tensor is another value. */
  private seeing(node: AtenNode, value: string): CallScope {
    const viewed = node.args.get(viewedArgument(node.target));
    const name = viewed?.kind === 'tensor' ? viewed.name : null;
    return { ...this.scope, read: (tensor) => (tensor === name ? value : this.scope.read(tensor)) };
  }

  /** Lowers the graph that a call runs in its place; false where it is not as expected. */
  private inline(node: AtenNode): boolean {
    const args = [...node.args.values()];
    const at = args.findIndex((argument) => argument.kind === 'graph');
    const inner = args[at];
    if (inner?.kind !== 'graph') return false;
    const given = args.slice(at + 1);
    const cells = new Map<string, Cell>();
    inner.value.inputs.forEach((name, place) => {
      const argument = given[place];
      const cell = argument?.kind === 'tensor' ? this.around.cells.get(argument.name) : undefined;
      if (cell !== undefined) cells.set(name, cell);
      const size = argument?.kind === 'size' ? this.around.sizes.get(argument.name) : undefined;
      if (size !== undefined) this.around.sizes.set(name, size);
    });
    this.target.lower(inner.value, cells);
    const results = inner.value.outputs.flatMap(namesIn);
    outputNames(node).forEach((name, place) => {
      const cell = cells.get(results[place] ?? '');
      if (cell !== undefined) this.define(name, cell);
    });
    return true;
  }

  private define(name: string, cell: Cell): void {
    this.around.cells.set(name, cell);
    const type = this.around.graph.types.get(name);
    if (type !== undefined) this.target.valueTypes.set(cell.value, type);
  }
}

function missing(name: string): never {
  raise('bad-input', `The program reads "${name}" before anything makes it; export it again.`);
}
