import type { NameAuthority } from '../../ir/nameAuthority';
import { raise } from '../../result';
import type { AtenGraph, AtenNode } from '../program/atenGraph';
import { namesIn, outputNames } from '../program/namesIn';
import { Call, type Lowering } from './call';
import type { CallScope } from './callScope';
import { inPlaceLowering, isInPlace } from './inPlace';
import type { GraphLowering } from './lowerGraph';
import { LOWERINGS } from './lowerings';
import { ownCell, readCell, viewCell, writeCell, type Cell, type View } from './memory';
import { opaqueNode } from './opaque';
import { Unlowerable } from './unlowerable';
import { TURNS_IN_PLACE, viewedArgument, VIEWS, type WriteThrough } from './views';

/** Calls that only run another graph. */
const WRAPPERS = new Set(['higher_order.wrap_with_set_grad_enabled', 'higher_order.wrap_with_autocast']);

/** What a call is lowered in. */
export interface Surroundings {
  readonly graph: Pick<AtenGraph, 'types' | 'strides'>;
  readonly cells: Map<string, Cell>;
  /** Names that some call or output of the graph reads. */
  readonly used: ReadonlySet<string>;
  readonly sizes: Map<string, string>;
}

/** Lowers one call. */
export class CallLowering {
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
      negativeSizes: target.negativeSizes,
      stridesOf: (tensor) => graph.strides?.get(tensor) ?? null,
    };
  }

  run(node: AtenNode): void {
    const isWriting = isInPlace(node.target) || node.args.get('out')?.kind === 'tensor';
    if (node.outputs.length === 0 && !isWriting) return;
    if (WRAPPERS.has(node.target) && this.inline(node)) return;
    if (TURNS_IN_PLACE.has(node.target)) this.turn(node);
    else if (isWriting) this.write(node);
    else this.make(node, node.target);
  }

  /** @param target of the call, without its underscore. */
  private make(node: AtenNode, target: string): void {
    const lowering = LOWERINGS.get(target);
    const lowered = this.lowered(node, lowering);
    const values = lowered ?? this.opaque(node, outputNames(node));
    outputNames(node).forEach((name, place) => {
      const value = values[place] ?? '';
      if (name === '' || value === '') return;
      this.define(
        name,
        this.cellOf({ ...node, target }, lowered === null ? undefined : lowering, value, place),
      );
    });
    for (const output of node.outputs) {
      if (output.kind === 'size' && values[0] !== undefined) this.around.sizes.set(output.name, values[0]);
    }
  }

  /** The cell of a call's result: over that of its input where the result may lie in the same memory. */
  private cellOf(node: AtenNode, lowering: Lowering | undefined, value: string, place: number): Cell {
    const kind = VIEWS.get(node.target);
    const of = this.argumentCell(node, viewedArgument(node));
    if (kind === undefined || of === undefined) return ownCell(value);
    const shares = lowering === undefined ? null : kind.shares(new Call(node, this.scope));
    if (shares === false) return ownCell(value);
    if (shares === null || lowering === undefined) return viewCell(unfollowed(of, node), value);
    const again = (now: string): string => this.again(node, lowering, now, place);
    return viewCell({ of, again, written: this.writer(node, kind.written) }, value);
  }

  private argumentCell(node: AtenNode, name: string): Cell | undefined {
    const argument = node.args.get(name);
    return argument?.kind === 'tensor' ? this.around.cells.get(argument.name) : undefined;
  }

  /** The values of a call's outputs; null where it has no lowering. */
  private lowered(node: AtenNode, lowering: Lowering | undefined): readonly string[] | null {
    if (lowering === undefined) return null;
    const outputs = outputNames(node);
    const call = new Call(node, this.scope);
    try {
      const made = lowering(call);
      const results = typeof made === 'string' ? [made] : made;
      const lacking = outputs.some(
        (name, place) => (results[place] ?? '') === '' && this.around.used.has(name),
      );
      return lacking ? null : this.target.keep(call, results, outputs);
    } catch (error) {
      if (error instanceof Unlowerable) return null;
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
    const isOut = !isInPlace(node.target);
    const name = isOut ? 'out' : node.args.has('arg0') ? 'arg0' : 'self';
    const cell = this.argumentCell(node, name);
    const lowering = isOut ? LOWERINGS.get(node.target) : inPlaceLowering(node.target);
    const [value] = this.lowered(node, lowering) ?? this.opaque(node, outputNames(node));
    if (cell === undefined)
      raise(
        'unsupported',
        `"${node.name}" (${node.target}) writes into something that is no single tensor; write to each tensor by itself, and export again.`,
      );
    if (value === undefined) return;
    this.writeTo(cell, value, node);
    const [output] = outputNames(node);
    if (output !== undefined) this.around.cells.set(output, cell);
  }

  /** The result is a view; the tensor under its old name has other axes now than the program says of it. */
  private turn(node: AtenNode): void {
    const viewed = node.args.get('self');
    const cell = this.argumentCell(node, 'self');
    this.make(node, node.target.slice(0, -1));
    if (viewed?.kind !== 'tensor' || cell === undefined) return;
    const turned = viewCell(unfollowed(cell, node), cell.value);
    turned.version = NEVER;
    this.around.cells.set(viewed.name, turned);
  }

  private writeTo(cell: Cell, value: string, node: AtenNode): void {
    try {
      writeCell(cell, value, node.name);
    } catch (error) {
      if (!(error instanceof Unlowerable)) throw error;
      raise(
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

  private writer(
    node: AtenNode,
    write: WriteThrough | null,
  ): ((viewed: string, value: string) => string) | null {
    if (write === null) return null;
    return (viewed, value) => {
      const call = new Call(node, this.seeing(node, viewed));
      return this.target.keep(call, [write(call, viewed, value)], [])[0] as string;
    };
  }

  /** The scope in which the call's viewed tensor is another value. */
  private seeing(node: AtenNode, value: string): CallScope {
    const viewed = node.args.get(viewedArgument(node));
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

/** No version: what is read at it is made again. */
const NEVER = -1;

/** A view that can't be made again: the file does not tell whether it is a copy, or how it lies in memory. */
function unfollowed(of: Cell, { name, target }: AtenNode): View {
  const again = (): never =>
    raise(
      'unsupported',
      `"${name}" (${target}) may share its input's memory, and one of them is written to before the other is read; write to a clone, and export again.`,
    );
  return { of, again, written: null };
}

function missing(name: string): never {
  raise('bad-input', `The program reads "${name}" before anything makes it; export it again.`);
}
