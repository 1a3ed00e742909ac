import type { Graph, Node } from '../../ir/model';
import { attempt, raise } from '../../result';
import type { Tensor } from '../../tensor/tensor';
import type { AtenNode, AtenProgram } from '../program/atenGraph';
import { parseCall } from '../program/parseGraph';
import { parseTensorType } from '../program/parseArguments';
import { scalarCode } from '../program/scalarTypes';
import { writeNode } from './atenCalls';
import type { CallMaker, Made } from './callMaker';
import { callFates, traceCalls, type Fates, type Trace } from './callTrace';
import { identifier, NameSpace } from './nameSpace';
import { usesOf, type Use } from './needed';
import { newCall } from './newCall';
import { makesOf, readsOf, withReads } from './rawCall';
import { fixed, metaEntry, type RawMeta, type RawSize } from './rawSizes';
import { Replay, type Step } from './replay';
import { sameOperator } from './sameNode';
import { listIn, objectIn, printTagged, whole, type Json, type JsonObject } from './taggedJson';

/** A tensor that the file holds besides those that it held. */
export interface NewTensor {
  /** The graph's name for it, and that in the state dict. */
  readonly name: string;
  readonly label: string;
  readonly tensor: Tensor;
}

export interface WrittenGraph {
  readonly calls: readonly JsonObject[];
  readonly tensors: readonly NewTensor[];
  /** Entries for new values, and for sizes among them. */
  readonly metas: ReadonlyMap<string, JsonObject>;
  readonly sizes: ReadonlyMap<string, Json>;
  /** Other names for what a caller gets. */
  readonly outputs: ReadonlyMap<string, string>;
}

/**
 * The calls of a program whose graph has changed. Calls whose nodes are all there still are written as they stand; nodes that
 * are new, or left of a call of which others went, become calls of ATen. While they are written, the old program and the
 * new one are lowered side by side, so that each call is seen to mean what it meant: writes through views included.
 * @throws ProblemError `unsupported` where the graph can't be said so.
 */
export function writeGraph(program: AtenProgram, rawGraph: JsonObject, graph: Graph): WrittenGraph {
  return new GraphWriter(program, rawGraph, graph).run();
}

const AUTOCAST = 'higher_order.wrap_with_autocast';

class GraphWriter implements CallMaker {
  readonly convolution: boolean;
  private readonly raw: readonly JsonObject[];
  private readonly trace: Trace;
  private readonly fates: Fates;
  private readonly replay: Replay;
  private readonly names: NameSpace;
  private readonly defined: Set<string>;
  /** Values of the graph to be written, as the new program's lowering calls them. */
  private readonly same = new Map<string, string>();
  private readonly calls: JsonObject[] = [];
  private readonly tensors: NewTensor[] = [];
  private readonly metas = new Map<string, JsonObject>();
  private readonly sizes = new Map<string, Json>();
  private readonly producers: ReadonlyMap<string, Node>;

  constructor(
    private readonly program: AtenProgram,
    private readonly rawGraph: JsonObject,
    readonly graph: Graph,
  ) {
    this.raw = listIn(rawGraph, 'nodes') as readonly JsonObject[];
    this.trace = traceCalls(program, this.raw, this.outputNames());
    this.fates = callFates(program, this.trace, graph);
    this.replay = new Replay(program);
    this.producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
    this.names = new NameSpace(program, rawGraph);
    this.defined = new Set(listIn(rawGraph, 'inputs').flatMap((input) => makesOf({ outputs: [input] })));
    this.convolution = program.graph.nodes.some(({ target }) => target === 'aten.convolution');
    for (const [name, value] of this.trace.first) this.same.set(value, this.replay.valueOf(name) ?? value);
  }

  run(): WrittenGraph {
    this.checkModes();
    const uses = usesOf(this.raw, this.fates.calls, this.outputNames());
    this.writeBehind(-1);
    this.raw.forEach((_, place) => {
      this.writeCall(place, uses[place] ?? 'leave');
      this.writeBehind(place);
    });
    const outputs = this.checkEnd();
    const { calls, tensors, metas, sizes } = this;
    return { calls, tensors, metas, sizes, outputs };
  }

  /** A graph that is run with other types for its calls: none of them may stand outside. */
  private checkModes(): void {
    const mixed = this.program.graph.nodes.find(
      ({ target }, place) => target === AUTOCAST && this.fates.calls[place] === 'gone',
    );
    if (mixed !== undefined) cannot(`a block lies in "${mixed.name}", which is run under autocast`);
  }

  private outputNames(): readonly string[] {
    return listIn(this.rawGraph, 'outputs').flatMap((output) => makesOf({ outputs: [output] }));
  }

  /** A call of the file, with other names where what it read is called otherwise now. */
  private writeCall(place: number, use: Use): void {
    const raw = this.raw[place] ?? {};
    const traced = this.trace.calls[place];
    const node = this.program.graph.nodes[place];
    if (use === 'leave' || traced === undefined || node === undefined) return;
    const names = this.namesNow(readsOf(raw), traced.values);
    if (names === null) {
      if (use === 'try') return;
      return cannot(`"${node.name}" (${node.target}) reads a value that the merged model has no longer`);
    }
    const written = names.size === 0 ? raw : withReads(raw, names);
    const step = attempt(() => this.replay.call(names.size === 0 ? node : parsed(written)));
    if (!step.ok) return cannot(`"${node.name}" (${node.target}) can't be placed in the merged graph`);
    if (!this.match(traced.step, step.value))
      return cannot(`"${node.name}" (${node.target}) would no longer read what it read before`);
    this.add(written);
  }

  /** Other names for what is called otherwise now; null where there is none. */
  private namesNow(
    reads: readonly string[],
    values: ReadonlyMap<string, string | null>,
  ): ReadonlyMap<string, string> | null {
    const names = new Map<string, string>();
    for (const name of new Set(reads)) {
      const value = values.get(name) ?? null;
      const wanted = value === null ? null : (this.same.get(value) ?? null);
      const stands = this.replay.valueOf(name);
      if (this.defined.has(name) && (wanted === null || stands === null || stands === wanted)) continue;
      const other = wanted === null ? null : this.nameOf(wanted, value ?? '');
      if (other === null) return null;
      names.set(name, other);
    }
    return names;
  }

  private nameOf(wanted: string, hint: string): string | null {
    return this.replay.valueOf(hint) === wanted ? hint : this.replay.nameOf(wanted);
  }

  /** Notes which values of the new lowering are those of the old one; false where the steps differ. */
  private match(before: Step, after: Step): boolean {
    if (before.nodes.length !== after.nodes.length || before.constants.length !== after.constants.length)
      return false;
    before.constants.forEach(([name], place) => this.same.set(name, after.constants[place]?.[0] ?? ''));
    return before.nodes.every((node, place) => {
      const other = after.nodes[place];
      if (other === undefined || !sameOperator(node, other)) return false;
      const reads = node.inputs.map((input) => (input === '' ? '' : this.same.get(input)));
      if (reads.length !== other.inputs.length || reads.some((read, at) => read !== other.inputs[at]))
        return false;
      node.outputs.forEach((output, at) => this.same.set(output, other.outputs[at] ?? ''));
      return true;
    });
  }

  private add(call: JsonObject): void {
    this.calls.push(call);
    for (const name of makesOf(call)) this.defined.add(name);
  }

  /** What caller and state see at the end is what they saw before. */
  private checkEnd(): ReadonlyMap<string, string> {
    const outputs = this.outputNames();
    const values = new Map(outputs.map((name, at) => [name, this.trace.end.values[at] ?? null]));
    const names = this.namesNow(outputs, values);
    if (names === null) return cannot('an output is a value that the merged model has no longer');
    const end = this.replay.read(outputs.map((name) => names.get(name) ?? name));
    const isSame = end.values.every((value, at) => {
      const before = this.trace.end.values[at] ?? null;
      return before === null ? value === null : this.same.get(before) === value;
    });
    if (!this.match(this.trace.end, end) || !isSame) return cannot('an output would be another value');
    for (const [name, value] of this.trace.last) {
      if (value === null || this.same.get(value) === this.replay.valueOf(name)) continue;
      cannot(`"${name}" is written to by calls of which some are merged`);
    }
    return names;
  }

  private writeBehind(place: number): void {
    for (const node of this.fates.behind.get(place) ?? []) writeNode(node, this);
  }

  // what the table of operators needs

  operand(value: string): string {
    const wanted = this.same.get(value);
    const name = wanted === undefined ? null : this.nameOf(wanted, value);
    if (name !== null) return name;
    const tensor = this.graph.initializers.get(value);
    return tensor === undefined
      ? cannot(`the value "${value}" has no name of its own where it is read`)
      : this.hold(value, tensor);
  }

  private hold(value: string, tensor: Tensor): string {
    const code = scalarCode(tensor.dtype);
    if (code === null) return cannot(`the tensor "${value}" is of a type that is not written`);
    const label = this.names.label(value);
    const name = this.names.fresh(`p_${identifier(label)}`);
    const { device } = this.anyMeta();
    const meta = { dtype: whole(code), sizes: tensor.dims.map(fixed), device };
    this.declare(name, metaEntry(meta, this.trains()));
    this.same.set(value, this.replay.hold(name, label, tensor));
    this.tensors.push({ name, label, tensor });
    this.defined.add(name);
    return name;
  }

  meta(name: string): RawMeta {
    const entry = this.metas.get(name) ?? objectIn(objectIn(this.rawGraph, 'tensor_values'), name);
    if (entry.dtype === undefined) return cannot(`the file says nothing of the tensor "${name}"`);
    return { dtype: entry.dtype, sizes: listIn(entry, 'sizes'), device: entry.device ?? null };
  }

  sizeEntry(name: string): RawSize {
    const entry = this.sizes.get(name) ?? objectIn(this.rawGraph, 'sym_int_values')[name];
    return entry ?? cannot(`the file says nothing of the size "${name}"`);
  }

  producer(value: string): Node | undefined {
    return this.producers.get(value);
  }

  call(made: Made): string {
    const { value, target, args } = made;
    const own = value !== null && this.names.isFree(value, this.defined) ? value : null;
    const name = own ?? this.names.fresh(identifier(value ?? made.hint));
    const before = own === null ? {} : objectIn(objectIn(this.rawGraph, 'tensor_values'), own);
    const entry = before.dtype === undefined ? metaEntry(made.meta(), this.trains()) : before;
    this.declare(name, entry);
    this.write(made.node, target, args, { as_tensor: { name } }, name);
    if (value !== null) this.same.set(value, this.replay.valueOf(name) ?? '');
    return name;
  }

  size(node: Node, tensor: string, axis: number): string {
    const name = this.names.fresh('sym_size_int');
    const size = this.meta(tensor).sizes[axis] ?? cannot(`"${tensor}" has no axis ${axis}`);
    this.sizes.set(name, size);
    const args = [
      ['self', { as_tensor: { name: tensor } }],
      ['dim', { as_int: whole(axis) }],
    ] as const;
    this.write(node, 'torch.ops.aten.sym_size.int', args, { as_sym_int: { as_name: name } }, name);
    return name;
  }

  private write(
    node: Node,
    target: string,
    args: readonly (readonly [string, Json])[],
    output: Json,
    name: string,
  ): void {
    const call = newCall({ target, args, output, name }, node, { raw: this.raw, callOf: this.fates.callOf });
    this.replay.call(parsed(call));
    this.add(call);
  }

  private declare(name: string, entry: JsonObject): void {
    this.metas.set(name, entry);
    this.replay.declare(name, parseTensorType(JSON.parse(printTagged(entry))));
  }

  /** What stands for the devices of all tensors. */
  private anyMeta(): RawMeta {
    const [first] = [...this.program.held.keys(), ...this.program.userInputs];
    return first === undefined ? cannot('the program holds no tensor') : this.meta(first);
  }

  /** Whether the model's parameters are to be trained. */
  private trains(): boolean {
    const entries = objectIn(this.rawGraph, 'tensor_values');
    return [...this.program.held.keys()].some((name) => objectIn(entries, name).requires_grad === true);
  }
}

function parsed(call: JsonObject): AtenNode {
  return parseCall(JSON.parse(printTagged(call)));
}

function cannot(what: string): never {
  return raise('unsupported', `The merged model can't be written as .pt2: ${what}; write it as .onnx.`);
}
