import type { Dim, ValueType } from '../../ir/model';
import type { DType } from '../../tensor/dtype';
import type { Tensor } from '../../tensor/tensor';
import type { Argument, AtenNode, Size } from '../program/atenGraph';
import { promoted } from '../promotion';
import type { CallScope, InputAxis, MadeNode } from './callScope';
import { int, tensorOf, type Attributes } from './constants';
import { onnxTypeOf } from './elementTypes';
import { Unlowerable } from './unlowerable';

/** One call while it is lowered: typed access to its arguments, and the nodes and constants made for it. */
export class Call {
  readonly made: MadeNode[] = [];
  readonly constants = new Map<string, Tensor>();

  constructor(
    readonly node: AtenNode,
    private readonly scope: CallScope,
  ) {}

  /** Adds a node of the standard operator set; gives its output. */
  emit(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.emitMany(opType, inputs, 1, attributes)[0] as string;
  }

  emitMany(
    opType: string,
    inputs: readonly string[],
    count: number,
    attributes: Attributes = {},
  ): readonly string[] {
    const outputs = Array.from({ length: count }, () =>
      this.scope.names.value(`${this.node.name}.${opType}`),
    );
    this.made.push({ opType, domain: '', inputs, outputs, attributes });
    return outputs;
  }

  /** A constant of its own. */
  constant(tensor: Tensor, hint = 'constant'): string {
    const name = this.scope.names.value(`${this.node.name}.${hint}`);
    this.constants.set(name, tensor);
    return name;
  }

  scalar(value: number, dtype: DType): string {
    return this.constant(tensorOf(dtype, [], [value]));
  }

  /** A list of int64. */
  list(values: readonly number[]): string {
    return this.constant(tensorOf('int64', [values.length], values));
  }

  /** A list of int64 of which some may be sizes that are not known yet. */
  shape(sizes: readonly Size[]): string {
    const numbers = sizes.filter((size) => typeof size === 'number');
    if (numbers.length === sizes.length) return this.list(numbers);
    const parts = sizes.map((size) =>
      typeof size === 'number' ? this.list([size]) : this.scope.readSize(size.symbol),
    );
    return parts.length === 1 ? (parts[0] as string) : this.emit('Concat', parts, { axis: int(0) });
  }

  cast(value: string, dtype: DType): string {
    return this.emit('Cast', [value], { to: int(onnxTypeOf(dtype)) });
  }

  /** The IR's value of a tensor argument. */
  tensor(name: string): string {
    return this.optional(name) ?? this.cannot(`has no tensor "${name}"`);
  }

  /** Null where the argument is left out or None. */
  optional(name: string): string | null {
    const argument = this.argument(name);
    return argument?.kind === 'tensor' ? this.scope.read(argument.name) : null;
  }

  tensors(name: string): readonly string[] {
    return this.tensorNames(name).map((one) => this.scope.read(one));
  }

  /** The IR's value of a tensor by its own name. */
  tensorNamed(tensor: string): string {
    return this.scope.read(tensor);
  }

  tensorNames(name: string): readonly string[] {
    const argument = this.argument(name);
    if (argument?.kind !== 'tensors') return this.cannot(`has no list of tensors "${name}"`);
    return argument.names.map((one) => one ?? this.cannot('leaves out a tensor'));
  }

  /** A tensor or a number as an operand of the element type. */
  operand(name: string, dtype: DType): string {
    const argument = this.argument(name);
    if (argument?.kind === 'tensor') {
      const value = this.scope.read(argument.name);
      return this.type(name).dtype === dtype ? value : this.cast(value, dtype);
    }
    if (argument?.kind === 'size') {
      const size = this.emit('Squeeze', [this.scope.readSize(argument.name), this.list([0])]);
      return dtype === 'int64' ? size : this.cast(size, dtype);
    }
    return this.scalar(this.number(name), dtype);
  }

  /** The IR's value of a size or a number: a list of one int64. */
  size(name: string): string {
    const argument = this.argument(name);
    return argument?.kind === 'size' ? this.scope.readSize(argument.name) : this.list([this.int(name)]);
  }

  /** Whether a size or a number is none below 0; of differences it is taken for granted. */
  isPositive(name: string): boolean {
    const argument = this.argument(name);
    if (argument?.kind === 'size') return !this.scope.negativeSizes.has(argument.name);
    return this.number(name) >= 0;
  }

  /** Says of the size that the call makes whether it is none below 0. */
  notePositive(isPositive: boolean): void {
    for (const output of this.node.outputs)
      if (output.kind === 'size' && !isPositive) this.scope.negativeSizes.add(output.name);
  }

  isSize(name: string): boolean {
    return this.argument(name)?.kind === 'size';
  }

  /** What the program says of a tensor argument. */
  type(name: string): ValueType {
    const argument = this.argument(name);
    const type = argument?.kind === 'tensor' ? this.scope.typeOf(argument.name) : undefined;
    return type ?? this.cannot(`says nothing of "${name}"`);
  }

  /** The element type that PyTorch computes in, of these operands together. */
  promotedType(...names: readonly string[]): DType {
    return promoted(
      names.flatMap((name) => this.argument(name) ?? []),
      (tensor) => this.scope.typeOf(tensor),
    );
  }

  inputOfSize(size: Dim): InputAxis | null {
    return typeof size === 'string' ? this.scope.inputOfSize(size) : null;
  }

  /** Steps in memory of an argument's axes; null where they are not known. */
  strides(name: string): readonly (number | null)[] | null {
    const argument = this.argument(name);
    return argument?.kind === 'tensor' ? this.scope.stridesOf(argument.name) : null;
  }

  typeOfTensor(tensor: string): ValueType {
    return this.scope.typeOf(tensor) ?? this.cannot(`says nothing of "${tensor}"`);
  }

  dims(name: string): readonly Dim[] {
    return this.type(name).dims ?? this.cannot(`says no shape of "${name}"`);
  }

  rank(name: string): number {
    return this.dims(name).length;
  }

  /** The sizes of an argument; a call that needs them can't be lowered where they are open. */
  fixedDims(name: string): readonly number[] {
    return this.dims(name).map((dim) =>
      typeof dim === 'number' ? dim : this.cannot(`needs the size of "${name}" as a number`),
    );
  }

  /** The sizes of an argument of `rank` axes, of which the last `count` must be numbers. */
  fixedTail(name: string, count: number, rank: number): readonly Dim[] {
    const dims = this.dims(name);
    const open = dims.slice(-count).some((dim) => typeof dim !== 'number');
    return dims.length !== rank || open ? this.cannot(`needs sizes of "${name}" as numbers`) : dims;
  }

  /** What the program says of the result. */
  result(place = 0): ValueType {
    const output = this.node.outputs[place];
    const name =
      output?.kind === 'tensor' ? output.name : output?.kind === 'tensors' ? output.names[0] : null;
    const type = typeof name === 'string' ? this.scope.typeOf(name) : undefined;
    return type ?? this.cannot('says nothing of its result');
  }

  has(name: string): boolean {
    const argument = this.argument(name);
    return argument !== undefined && argument.kind !== 'none';
  }

  number(name: string, fallback?: number): number {
    const argument = this.argument(name);
    if (argument?.kind === 'int' || argument?.kind === 'float') return argument.value;
    if (argument?.kind === 'bool') return Number(argument.value);
    if (fallback !== undefined && !this.has(name)) return fallback;
    return this.cannot(`has no number "${name}"`);
  }

  int(name: string, fallback?: number): number {
    const value = this.number(name, fallback);
    return Number.isInteger(value) ? value : this.cannot(`has no whole number "${name}"`);
  }

  /** An axis, counted from the front. */
  axis(name: string, rank: number, fallback?: number): number {
    const axis = this.int(name, fallback);
    const place = axis < 0 ? axis + rank : axis;
    return place >= 0 && place < Math.max(1, rank) ? place : this.cannot(`has no axis ${axis}`);
  }

  flag(name: string, fallback: boolean): boolean {
    const argument = this.argument(name);
    if (argument?.kind === 'bool') return argument.value;
    return this.has(name) ? this.cannot(`has no flag "${name}"`) : fallback;
  }

  word(name: string, fallback: string): string {
    const argument = this.argument(name);
    if (argument?.kind === 'text') return argument.value;
    return this.has(name) ? this.cannot(`has no word "${name}"`) : fallback;
  }

  sizes(name: string): readonly Size[] {
    const argument = this.argument(name);
    if (argument?.kind === 'ints') return argument.value;
    if (argument?.kind === 'int') return [argument.value];
    return this.cannot(`has no list "${name}"`);
  }

  /** A list of numbers; a single one stands for `count` of them. */
  ints(name: string, fallback?: readonly number[], count?: number): readonly number[] {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const values = this.sizes(name).map((size) =>
      typeof size === 'number' ? size : this.cannot(`has a size in "${name}" that is open`),
    );
    const [only] = values;
    return values.length === 1 && count !== undefined && only !== undefined
      ? new Array<number>(count).fill(only)
      : values;
  }

  floats(name: string): readonly number[] {
    const argument = this.argument(name);
    return argument?.kind === 'floats' ? argument.value : this.cannot(`has no list "${name}"`);
  }

  dtype(name: string): DType | null {
    const argument = this.argument(name);
    return argument?.kind === 'dtype' ? argument.value : null;
  }

  /** Gives up on lowering the call. */
  cannot(reason: string): never {
    throw new Unlowerable(reason);
  }

  private argument(name: string): Argument | undefined {
    return this.node.args.get(name);
  }
}

/** A lowering: the values of the call's outputs, '' for one that it does not make. */
export type Lowering = (call: Call) => string | readonly string[];

export type LoweringTable = Readonly<Record<string, Lowering>>;
