import type { Graph, Model, Node, ValueInfo, ValueType } from '../../ir/model';
import { liveValues } from '../../ir/liveness';
import { nameAuthority, type NameAuthority } from '../../ir/nameAuthority';
import { validateGraph } from '../../ir/validate';
import { raise } from '../../result';
import type { AtenGraph, AtenProgram } from '../program/atenGraph';
import { GraphLowering, type LoweringWatch } from './lowerGraph';
import { ownCell, readCell, type Cell } from './memory';

/** The operator set that lowerings write: Gelu is an operator of its own, reductions take their axes as inputs. */
export const LOWERED_OPSET = 20;

const NOTHING: Graph = {
  name: '',
  inputs: [],
  outputs: [],
  nodes: [],
  initializers: new Map(),
  overridable: new Set(),
  valueTypes: new Map(),
};

/**
 * The program as a model of the IR: each call as nodes of the standard operator set, or as an opaque node of its own name.
 * What nothing reads (counters of batches, views that were only written through) is left out.
 */
export function lowerProgram(program: AtenProgram, source: unknown = program): Model {
  const { graph } = program;
  const { lowering, cells, inputs, names } = beginLowering(program);
  lowering.lower(graph, cells);
  const fresh = (hint: string): string => names.value(hint);
  const outputs = outputsOf({ outputs: program.userOutputs, types: graph.types, cells, lowering, fresh });
  return loweredModel(
    lowering,
    { ...outputs, inputs },
    { format: 'pt2', producer: program.producer, source },
  );
}

export interface BegunLowering {
  readonly lowering: GraphLowering;
  /** The program's inputs; what its calls make is added as they are lowered. */
  readonly cells: Map<string, Cell>;
  readonly inputs: readonly ValueInfo[];
  readonly names: NameAuthority;
}

/** A lowering that knows the program's inputs and none of its calls; the same program gives the same names each time. */
export function beginLowering(program: AtenProgram, watch: LoweringWatch | null = null): BegunLowering {
  const { graph } = program;
  const inputs = program.userInputs.map((name) => inputInfo(name, graph));
  const names = nameAuthority({ ...NOTHING, inputs: allNames(graph).map((name) => ({ name, type: null })) });
  const lowering = new GraphLowering(names, watch);
  for (const { name: value, type } of inputs)
    type?.dims?.forEach((dim, axis) => {
      if (typeof dim === 'string' && !lowering.inputSizes.has(dim))
        lowering.inputSizes.set(dim, { value, axis });
    });
  const cells = new Map<string, Cell>(inputs.map(({ name }) => [name, ownCell(name)]));
  for (const [name, { label, tensor }] of program.held) {
    const value = names.value(label);
    lowering.hold(value, tensor);
    cells.set(name, ownCell(value));
  }
  return { lowering, cells, inputs, names };
}

/** The model of all that was lowered, without what nothing reads. @throws ProblemError where it does not hold together. */
export function loweredModel(
  lowering: GraphLowering,
  { inputs, outputs, nodes }: Pick<Graph, 'inputs' | 'outputs' | 'nodes'>,
  file: Pick<Model, 'format' | 'producer' | 'source'>,
): Model {
  const { initializers, valueTypes } = lowering;
  const whole = { ...NOTHING, name: 'main', inputs, outputs, nodes, initializers, valueTypes };
  const lowered = withoutUnread(whole);
  validateGraph(lowered);
  const domains = [...new Set(lowered.nodes.map((node) => node.domain))].filter((domain) => domain !== '');
  const opsets = new Map([['', LOWERED_OPSET], ...domains.map((domain) => [domain, 1] as const)]);
  return { ...file, graph: lowered, functions: [], opsets };
}

function inputInfo(name: string, graph: AtenGraph): ValueInfo {
  const type: ValueType | undefined = graph.types.get(name);
  if (type === undefined)
    raise(
      'unsupported',
      `The model's input "${name}" is no tensor; export it with that input as a constant.`,
    );
  return { name, type };
}

/** Every name that a graph or one within it uses: none made for the IR may be one of them. */
function allNames(graph: AtenGraph): readonly string[] {
  const own = [...graph.types.keys(), ...graph.inputs, ...graph.nodes.map(({ name }) => name)];
  const inner = graph.nodes.flatMap(({ args }) =>
    [...args.values()].flatMap((argument) => (argument.kind === 'graph' ? allNames(argument.value) : [])),
  );
  return [...new Set([...own, ...inner])];
}

export interface LoweredOutputs {
  /** The program's names of what a caller gets. */
  readonly outputs: readonly string[];
  readonly types: ReadonlyMap<string, ValueType>;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly lowering: GraphLowering;
  fresh(hint: string): string;
}

/** The values that a caller gets, each of its own: an input or a weight that is given back is copied. */
export function outputsOf({ outputs: userOutputs, types, cells, lowering, fresh }: LoweredOutputs): {
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly Node[];
} {
  const copies: Node[] = [];
  const given = new Set<string>();
  const made = new Set(lowering.nodes.flatMap((node) => node.outputs));
  const outputs = userOutputs.map((name): ValueInfo => {
    const cell = cells.get(name);
    if (cell === undefined) return raise('unsupported', `The model's output "${name}" is no tensor.`);
    let value = readCell(cell);
    if (!made.has(value) || given.has(value)) {
      const copy = fresh(`${name}.output`);
      copies.push(identity(value, copy));
      value = copy;
    }
    given.add(value);
    const type = types.get(name);
    return { name: value, type: type ?? null };
  });
  if (outputs.length === 0)
    raise('bad-input', 'The program has no output that is a tensor; export it again.');
  return { outputs, nodes: [...lowering.nodes, ...copies] };
}

function identity(from: string, to: string): Node {
  const origin = { kind: 'new', provenance: {} } as const;
  return {
    name: `/${to}`,
    opType: 'Identity',
    domain: '',
    inputs: [from],
    outputs: [to],
    attributes: new Map(),
    origin,
  };
}

function withoutUnread(graph: Graph): Graph {
  const live = liveValues(graph);
  const nodes = graph.nodes.filter((node) => node.outputs.some((output) => live.has(output)));
  const initializers = new Map([...graph.initializers].filter(([name]) => live.has(name)));
  const valueTypes = new Map([...graph.valueTypes].filter(([name]) => live.has(name)));
  return { ...graph, nodes, initializers, valueTypes };
}
