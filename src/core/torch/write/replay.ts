import type { Node, ValueType } from '../../ir/model';
import { attempt } from '../../result';
import type { Tensor } from '../../tensor/tensor';
import { beginLowering, type BegunLowering } from '../lower/lowerProgram';
import { ownCell, readCell, type Cell } from '../lower/memory';
import type { AtenNode, AtenProgram } from '../program/atenGraph';
import { usedNames } from '../program/namesIn';

/** What one call became: its nodes and constants, in the order in which they were made. */
export interface Step {
  readonly nodes: readonly Node[];
  readonly constants: readonly (readonly [string, Tensor])[];
}

/** A program lowered call by call: says at each point which value a name stands for. */
export class Replay {
  private readonly begun: BegunLowering;
  private readonly used: ReadonlySet<string>;
  private readonly types: Map<string, ValueType>;
  private nodes: Node[] = [];
  private constants: (readonly [string, Tensor])[] = [];

  constructor(program: AtenProgram) {
    this.types = new Map(program.graph.types);
    this.used = usedNames(program.graph);
    this.begun = beginLowering(program, {
      node: (node) => this.nodes.push(node),
      constant: (name, tensor) => this.constants.push([name, tensor]),
    });
    this.taken();
  }

  /** Lowers the next call. @throws ProblemError where it reads what is not there. */
  call(node: AtenNode): Step {
    const { lowering, cells } = this.begun;
    lowering.lowerCall(node, { types: this.types }, cells, this.used);
    return this.taken();
  }

  /** Reads names as a program's outputs are read; views that are out of date are made again. */
  read(names: readonly string[]): Step & { readonly values: readonly (string | null)[] } {
    const values = names.map((name) => {
      const cell = this.begun.cells.get(name);
      if (cell === undefined) return null;
      const value = attempt(() => readCell(cell));
      return value.ok ? value.value : null;
    });
    return { ...this.taken(), values };
  }

  /** The value that a name stands for now; null where it stands for none, or for a view that is out of date. */
  valueOf(name: string): string | null {
    const cell = this.begun.cells.get(name);
    return cell !== undefined && isCurrent(cell) ? cell.value : null;
  }

  knows(name: string): boolean {
    return this.begun.cells.has(name);
  }

  /** A name that stands for the value now. */
  nameOf(value: string): string | null {
    for (const [name, cell] of this.begun.cells) if (isCurrent(cell) && cell.value === value) return name;
    return null;
  }

  /** Adds a tensor that the program holds, under a name of its own. */
  hold(name: string, label: string, tensor: Tensor): string {
    const { lowering, cells, names } = this.begun;
    const value = names.value(label);
    lowering.hold(value, tensor);
    cells.set(name, ownCell(value));
    this.taken();
    return value;
  }

  declare(name: string, type: ValueType): void {
    this.types.set(name, type);
  }

  /** Names of the tensors held and the inputs, with their values. */
  start(): readonly (readonly [string, string])[] {
    return [...this.begun.cells].map(([name, cell]) => [name, cell.value]);
  }

  private taken(): Step {
    const step = { nodes: this.nodes, constants: this.constants };
    this.nodes = [];
    this.constants = [];
    return step;
  }
}

function isCurrent({ storage, view, version }: Cell): boolean {
  return storage.spoiled === null && (view === null || version === storage.version);
}
