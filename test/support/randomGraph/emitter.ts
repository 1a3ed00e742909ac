import type { AttributeSpec, FunctionSpec, NodeSpec, OnnxSpec, TensorSpec, TypeSpec } from '../onnxBuilder';
import { numbers } from './rng';
import type { ConstantForm, Settings } from './recipe';

/** A tensor [N, channels, …sizes] of the graph that is being made, with its sizes in every run. */
export interface Value {
  readonly name: string;
  readonly channels: number;
  readonly sizes: readonly (readonly number[])[];
}

/** A run of the recipe that the graph can't take (an empty image, say). */
export class Unrunnable extends Error {
  constructor(
    readonly run: number,
    why: string,
  ) {
    super(why);
  }
}

/** What fills a constant: the role decides which constants may be shared, and the numbers. */
export type Role = 'weight' | 'bias' | 'scale' | 'gamma' | 'variance';

const FUNCTION_DOMAIN = 'random.functions';

/** Collects the nodes of a random graph. */
export class Emitter {
  readonly outputs = new Map<string, TypeSpec>();
  /** Which construct made each value. */
  readonly tags = new Map<string, string>();
  /** Values whose node no block may hold. */
  readonly decoys = new Set<string>();
  /** Values by the order in which stages made them; for decoys that need a stranger. */
  readonly values: Value[] = [];
  readonly overridable = new Set<string>();
  private readonly nodes: NodeSpec[] = [];
  private readonly initializers: Record<string, TensorSpec> = {};
  private readonly functions = new Map<string, FunctionSpec>();
  private readonly pool = new Map<string, string[]>();
  private readonly path: string[] = [];
  private count = 0;

  constructor(
    readonly recipe: Settings,
    readonly runs: readonly { readonly batch: number; readonly size: readonly number[] }[],
  ) {}

  get rank(): number {
    return this.recipe.rank;
  }

  /** Runs `make` inside a module of that name. */
  within<T>(module: string, make: () => T): T {
    this.path.push(module);
    const made = make();
    this.path.pop();
    return made;
  }

  node(
    op: string,
    inputs: readonly string[],
    attrs: Readonly<Record<string, AttributeSpec>> = {},
    options: { readonly outputs?: number; readonly tag?: string; readonly domain?: string } = {},
  ): string {
    const id = this.count++;
    const first = `v${id}`;
    const outputs = [
      first,
      ...Array.from({ length: (options.outputs ?? 1) - 1 }, (_, i) => `v${id}.${i + 1}`),
    ];
    const name =
      this.recipe.naming === 'modules' ? { name: `/${[...this.path, `${op}_${id}`].join('/')}` } : {};
    const domain = options.domain === undefined ? {} : { domain: options.domain };
    this.nodes.push({ op, inputs, outputs, attrs, ...name, ...domain });
    for (const output of outputs) this.tags.set(output, options.tag ?? op);
    return first;
  }

  /** Marks the node that made a value as one that no block may hold. */
  decoy(value: string): string {
    this.decoys.add(value);
    return value;
  }

  /** Makes a value an output of the model; no shape is declared. */
  output(value: string): void {
    this.outputs.set(value, [this.recipe.dtype, null]);
  }

  /** Integers that an operator takes as an input. */
  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const name = `ints${this.count++}`;
    this.initializers[name] = { dtype: 'int64', dims, data: values };
    return name;
  }

  float(value: number): string {
    const name = `number${this.count++}`;
    this.initializers[name] = { dtype: this.recipe.dtype, dims: [], data: [value] };
    return name;
  }

  floats(values: readonly number[], dims: readonly number[]): string {
    const name = `numbers${this.count++}`;
    this.initializers[name] = { dtype: this.recipe.dtype, dims, data: values };
    return name;
  }

  /** The numbers of the bias that was made last. */
  lastBias(channels: number): readonly number[] {
    const known = this.pool.get(`bias:${channels}`) ?? [];
    const data = this.initializers[known[known.length - 1] ?? '']?.data;
    return Array.isArray(data) ? (data as readonly number[]) : new Array<number>(channels).fill(0);
  }

  bool(value: boolean): string {
    const name = `flag${this.count++}`;
    this.initializers[name] = { dtype: 'bool', dims: [], data: [value ? 1 : 0] };
    return name;
  }

  /** Random numbers of a constant's own. */
  random(): () => number {
    return numbers(this.recipe.seed, this.count++);
  }

  /** A constant of the model's type, written in the given form. */
  constant(
    role: Role,
    dims: readonly number[],
    make: (random: () => number) => number,
    form: ConstantForm = 'initializer',
  ): string {
    const key = `${role}:${dims.join()}`;
    const known = this.pool.get(key) ?? [];
    const shared = form === 'shared' ? known[known.length - 1] : undefined;
    if (shared !== undefined) return shared;
    const random = this.random();
    const count = dims.reduce((product, dim) => product * dim, 1);
    const data = Array.from({ length: count }, () => make(random));
    const name = this.write(dims, data, form, role);
    if (form !== 'overridable') this.pool.set(key, [...known, name]);
    return name;
  }

  private write(dims: readonly number[], data: readonly number[], form: ConstantForm, role: Role): string {
    const { dtype } = this.recipe;
    const name = `${[...this.path, role].join('.')}${this.count++}`;
    const store = (values: readonly number[], shape = dims): string => {
      this.initializers[name] = { dtype, dims: shape, data: values };
      return name;
    };
    switch (form) {
      case 'Constant':
        return this.node('Constant', [], { value: { tensor: { dtype, dims, data } } });
      case 'Identity':
        return this.node('Identity', [store(data)]);
      case 'Reshape':
        return this.node('Reshape', [store(data, [data.length]), this.ints(dims)]);
      case 'Transpose': {
        const shape = [...dims].reverse();
        const axes = dims.map((_, axis) => dims.length - 1 - axis);
        if (dims.length < 2) return store(data);
        return this.node('Transpose', [store(reversed(data, dims), shape)], { perm: axes });
      }
      case 'doubled':
        // halves are exact, and so is doubling them again
        return this.node('Mul', [store(data.map((value) => value / 2)), this.float(2)]);
      case 'overridable':
        this.overridable.add(name);
        return store(data);
      default:
        return store(data);
    }
  }

  /** A model-local function, declared once. */
  call(spec: Omit<FunctionSpec, 'domain'>, inputs: readonly string[], tag: string): string {
    this.functions.set(spec.name, { ...spec, domain: FUNCTION_DOMAIN });
    return this.node(spec.name, inputs, {}, { tag, domain: FUNCTION_DOMAIN });
  }

  /** The graph with one input "x" of the given shape. */
  spec(dims: TypeSpec[1]): OnnxSpec {
    const { recipe } = this;
    const inputs: Record<string, TypeSpec> = { x: [recipe.dtype, dims] };
    for (const name of this.overridable) inputs[name] = [recipe.dtype, this.initializers[name]!.dims];
    return {
      opset: recipe.opset,
      irVersion: recipe.opset >= 21 ? 10 : 8,
      inputs,
      outputs: Object.fromEntries(this.outputs),
      initializers: this.initializers,
      nodes: this.nodes,
      functions: [...this.functions.values()],
    };
  }
}

/** The elements of a tensor with its axes in the opposite order. */
function reversed(data: readonly number[], dims: readonly number[]): number[] {
  const out = new Array<number>(data.length);
  data.forEach((value, flat) => {
    let rest = flat;
    let at = 0;
    const index = dims.map(() => 0);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      index[axis] = rest % dims[axis]!;
      rest = Math.floor(rest / dims[axis]!);
    }
    for (let axis = dims.length - 1; axis >= 0; axis--) at = at * dims[axis]! + index[axis]!;
    out[at] = value;
  });
  return out;
}
