import { nameAuthority } from '../ir/nameAuthority';
import type { Dim, Model, ValueInfo, ValueType } from '../ir/model';
import { completeType } from '../passes/declaredTypes';
import { LiveFacts } from '../passes/liveFacts';
import type { ProblemError } from '../result';
import { raise } from '../result';
import type { Archive } from '../torch/archive/archive';
import { isInPlace } from '../torch/lower/inPlace';
import { GraphLowering } from '../torch/lower/lowerGraph';
import { LOWERED_OPSET, loweredModel, outputsOf } from '../torch/lower/lowerProgram';
import { ownCell, readCell, type Cell } from '../torch/lower/memory';
import { storedTensor, type PickledTensor } from '../torch/pickle/torchPickle';
import type { Argument, AtenNode } from '../torch/program/atenGraph';
import type { BoundCall } from './bindArguments';
import { GIVE_SHAPES } from './giveShapes';
import { ASSUMED, knownInput, knownMask, SAME_SHAPE } from './inputShapes';
import { resultTypes } from './resultTypes';
import type { Value } from './values';

/** The largest exports have some ten thousand; a loop without end has more. */
const MOST_CALLS = 50_000;
const NOTHING_MORE: ReadonlySet<string> = new Set();

/** An input's shape and type as a call wants them: the program is followed again with them. */
export class InputFound extends Error {
  constructor(
    readonly input: string,
    readonly type: ValueType,
  ) {
    super(`The shape of ${input} is known now.`);
  }
}

/** The program that a script makes while it is followed: each call is lowered at once, and its results' types found. */
export class ScriptProgram {
  private readonly names;
  private readonly lowering: GraphLowering;
  private readonly facts: LiveFacts;
  private readonly cells = new Map<string, Cell>();
  private readonly types = new Map<string, ValueType>();
  private calls = 0;
  private readonly held = new Map<PickledTensor, string>();
  /** The input whose shape a tensor of unknown shape has. */
  private readonly roots = new Map<string, string>();

  constructor(
    private readonly inputs: readonly ValueInfo[],
    private readonly archive: Archive,
  ) {
    this.names = nameAuthority({
      ...{ name: 'main', inputs, outputs: [], nodes: [], initializers: new Map() },
      ...{ overridable: new Set<string>(), valueTypes: new Map() },
    });
    this.facts = new LiveFacts(inputs, LOWERED_OPSET);
    this.lowering = new GraphLowering(this.names, {
      constant: (name, tensor) => this.facts.constant(name, tensor),
      node: (node) => {
        const conflict = this.facts.node(node);
        if (conflict !== null) raise('usage', `${conflict.replace(/\.$/, '')}; ${GIVE_SHAPES}.`);
      },
    });
    for (const { name } of inputs) {
      this.cells.set(name, ownCell(name));
      this.types.set(name, this.facts.type(name) ?? { dtype: 'float32', dims: null });
      this.roots.set(name, name);
    }
  }

  typeOf(tensor: string): ValueType | undefined {
    return this.types.get(tensor);
  }

  /** The elements of a tensor that does not depend on an input; null where they are not known or many. */
  numbers(tensor: string): readonly number[] | null {
    const cell = this.cells.get(tensor);
    return cell === undefined ? null : this.facts.numbers(readCell(cell));
  }

  /** A parameter, buffer or constant. @param folder of the archive that its storage lies in. */
  hold(tensor: PickledTensor, label: string, folder: string): Value {
    const known = this.held.get(tensor);
    if (known !== undefined) return { kind: 'tensor', name: known };
    const name = this.names.value(label);
    const stored = storedTensor(tensor, this.archive, folder, label);
    this.lowering.hold(name, stored);
    this.held.set(tensor, name);
    this.cells.set(name, ownCell(name));
    this.types.set(name, { dtype: stored.dtype, dims: stored.dims });
    return { kind: 'tensor', name };
  }

  /** Makes a call. @param target "aten.conv2d". @param module path of the module that makes it. */
  call(target: string, { overload, results, args }: BoundCall, module: string): Value {
    knownInput(
      target,
      args,
      (name) => this.types.get(name),
      (name, type) => this.foundType(name, type),
    );
    knownMask(
      target,
      args,
      (name) => this.types.get(name),
      (name, type) => {
        if (this.inputs.some((input) => input.name === name)) throw new InputFound(name, type);
      },
    );
    this.count();
    const types = resultTypes({ target, overload, args }, results, (name) => this.types.get(name));
    if (types === null)
      return raise('unsupported', `"${target}" gives a list of a length that is not known; ${GIVE_SHAPES}.`);
    const base = target.slice(target.indexOf('.') + 1).replace(/(?<=[^_])_$/, '');
    const outputs = types.map(() => this.names.value(base));
    outputs.forEach((output, place) => this.types.set(output, types[place] as ValueType));
    const output: readonly Argument[] =
      results === 'L'
        ? [{ kind: 'tensors', names: outputs }]
        : outputs.map((name) => ({ kind: 'tensor', name }));
    const name = outputs[0] ?? this.names.value(base);
    const node: AtenNode = { name, target, overload, args, outputs: output, module };
    this.lowering.lowerCall(node, { types: this.types }, this.cells, NOTHING_MORE);
    for (const one of outputs) this.settle(one, node);
    if (isInPlace(target)) this.settle(name, node);
    const tensors = outputs.map((one): Value => ({ kind: 'tensor', name: one }));
    if (results === 'L') return { kind: 'list', items: tensors };
    return results === 'T' ? (tensors[0] as Value) : { kind: 'tuple', items: tensors };
  }

  /** A size that a call on sizes gives. */
  sizeCall(target: string, args: ReadonlyMap<string, Argument>, module: string): Value {
    this.count();
    const name = this.names.value('size');
    const node: AtenNode = { name, target, overload: '', args, outputs: [{ kind: 'size', name }], module };
    this.lowering.lowerCall(node, { types: this.types }, this.cells, NOTHING_MORE);
    return { kind: 'size', name };
  }

  /** The model of all calls so far. @param outputs names of tensors. */
  model(outputs: readonly string[], producer: string): Model {
    const { types, cells, lowering } = this;
    const fresh = (hint: string): string => this.names.value(hint);
    const parts = outputsOf({ outputs, types, cells, lowering, fresh });
    return loweredModel(
      lowering,
      { ...parts, inputs: this.inputs },
      { format: 'torchscript', producer, source: null },
    );
  }

  private count(): void {
    this.calls += 1;
    if (this.calls > MOST_CALLS)
      raise('unsupported', 'The script makes more calls than any model; export it again.');
  }

  /** What is known of a result once its call is lowered. */
  private settle(name: string, { target, args }: AtenNode): void {
    const cell = this.cells.get(name);
    if (cell === undefined) return;
    const type = completeType(this.facts.type(cell.value), this.types.get(name) ?? null);
    if (type !== null) {
      this.types.set(name, type);
      this.lowering.valueTypes.set(cell.value, type);
    }
    const self = args.get('self') ?? args.get('input');
    const root = self?.kind === 'tensor' ? this.roots.get(self.name) : undefined;
    if (type?.dims === null && root !== undefined && SAME_SHAPE.has(target.slice('aten.'.length)))
      this.roots.set(name, root);
  }

  /** Takes over what something says of a tensor's shape. @throws InputFound where it is that of an input. */
  found(name: string, dims: readonly Dim[]): void {
    this.foundType(name, { dtype: this.types.get(name)?.dtype ?? ASSUMED, dims });
  }

  private foundType(name: string, type: ValueType): void {
    const root = this.roots.get(name);
    const [own, ofRoot] = [this.types.get(name), this.types.get(root ?? '')];
    // a tensor that was cast says nothing of its input's type
    if (root !== undefined)
      throw new InputFound(
        root,
        own?.dtype === type.dtype ? { ...type, dtype: ofRoot?.dtype ?? ASSUMED } : type,
      );
    if ((own?.dims ?? null) === null) this.types.set(name, type);
  }

  /** Of a call that names what is wrong but not where. */
  static isPlaced(error: ProblemError): boolean {
    return /^code\/\S+:\d+:\d+: /.test(error.problem.message);
  }
}
