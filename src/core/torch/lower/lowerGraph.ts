import type { NameAuthority } from '../../ir/nameAuthority';
import type { Node, ValueType } from '../../ir/model';
import { raise } from '../../result';
import { elementCount, type Tensor } from '../../tensor/tensor';
import type { AtenGraph, AtenNode } from '../program/atenGraph';
import { usedNames } from '../program/namesIn';
import type { Call } from './call';
import type { InputAxis, MadeNode } from './callScope';
import { CallLowering } from './callLowering';
import type { Cell } from './memory';

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
  readonly negativeSizes = new Set<string>();
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
