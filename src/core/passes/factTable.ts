import { evaluateNode } from '../eval/evaluateNode';
import type { Dim, Model, Node, ValueType } from '../ir/model';
import { ProblemError } from '../result';
import { fromNdArray } from '../tensor/convert';
import { elementCount, type NdArray, type Tensor } from '../tensor/tensor';
import { plainCast } from './castLike';
import { CarriedFacts } from './carriedFacts';
import { plainArray } from '../tensor/convert';
import { constantTensor } from './constantTensor';
import { ConstantPool } from './constantPool';
import { completeType, type DeclaredTypes } from './declaredTypes';
import { FactView, type KnownValues } from './factView';
import { ShapeConflict } from './shapes/shapeConflict';
import type { NodeView } from './shapes/shapeRule';
import { shapeRuleOf } from './shapes/shapeRules';
import { valueRuleOf } from './values/valueRules';

/** More elements than this say no shape. */
const MAX_VALUES = 1024;
const SHAPE_QUERIES = new Set(['Shape', 'Size']);
/** Ops whose output size depends on the elements: folded at once, or not at all. */
const BY_ELEMENTS = new Set(['NonZero', 'Unique']);
const WHOLE = new Set(['int64', 'int32', 'bool']);

/** The facts found so far; nodes are visited once each, in topological order. */
export class FactTable implements KnownValues {
  readonly types = new Map<string, ValueType>();
  readonly conflicts: { readonly node: string; readonly message: string }[] = [];
  readonly pool: ConstantPool;
  /** Elements of shape-like values, as far as they are known. */
  readonly values = new Map<string, readonly Dim[] | null>();
  /** The nodes visited so far. */
  readonly visited: Node[] = [];
  private readonly carried: CarriedFacts | null;

  /** @param open the facts of the same model with its sizes open: what does not depend on them is not inferred again. */
  constructor(
    model: Model,
    readonly declared: DeclaredTypes,
    open: FactTable | null = null,
  ) {
    this.pool = new ConstantPool(model.opsets, open?.pool);
    this.carried = open === null ? null : new CarriedFacts(open, this);
    for (const [name, tensor] of model.graph.initializers) {
      this.types.set(name, { dtype: tensor.dtype, dims: tensor.dims });
      if (!model.graph.overridable.has(name)) this.pool.tensors.set(name, tensor);
    }
    for (const [name, type] of declared.inputs) this.types.set(name, type);
  }

  /** Finds the types, and where they are known the elements, of what a node makes. */
  visit(node: Node): void {
    this.visited.push(node);
    if (this.carried?.take(node) === true) return;
    this.infer(node);
    this.carried?.compare(node);
  }

  private infer(written: Node): void {
    const node = plainCast(written, this.types);
    const tensor = node.opType === 'Constant' ? constantTensor(node) : null;
    const output = node.outputs[0];
    if (tensor !== null && output !== undefined) {
      this.addConstant(output, tensor);
      return;
    }
    const view = this.viewOf(node);
    const types = this.inferTypes(view);
    node.outputs.forEach((name, place) => {
      const type = types[place];
      if (name !== '' && type) this.types.set(name, type);
    });
    const foldable = !SHAPE_QUERIES.has(node.opType) && this.pool.isFoldable(node);
    if (foldable && (BY_ELEMENTS.has(node.opType) ? this.foldNow(node) : this.pool.fold(node, types))) return;
    this.propagate(view, types[0] ?? null);
  }

  /** Adds a value that is known. */
  addConstant(name: string, tensor: Tensor): void {
    this.types.set(name, { dtype: tensor.dtype, dims: tensor.dims });
    this.pool.tensors.set(name, tensor);
  }

  /** Types of the outputs by rule, else by what the file says. */
  private inferTypes(view: NodeView): readonly (ValueType | null)[] {
    const { node } = view;
    const rule = shapeRuleOf(node);
    let computed: readonly (ValueType | null)[] = [];
    try {
      computed = rule?.(view) ?? [];
      for (const type of computed) type?.dims?.forEach(checkSize);
    } catch (error) {
      if (!(error instanceof ShapeConflict)) throw error;
      this.conflicts.push({
        node: node.name,
        message: `Node "${node.name}" (${node.opType}): ${error.message}.`,
      });
      return node.outputs.map((output) => withoutDims(this.declared.of(output)));
    }
    return node.outputs.map((output, place) =>
      completeType(computed[place] ?? null, this.declared.of(output)),
    );
  }

  private foldNow(node: Node): boolean {
    const inputs: (NdArray | null)[] = [];
    for (const input of node.inputs) {
      const array = input === '' ? null : this.pool.small(input);
      if (input !== '' && array === null) return false;
      inputs.push(array);
    }
    try {
      const outputs = evaluateNode(node, inputs, { opset: this.pool.opset(node) });
      node.outputs.forEach((output, place) => {
        const array = outputs[place];
        if (output !== '' && array !== undefined) this.addConstant(output, fromNdArray(array));
      });
      return true;
    } catch (error) {
      if (error instanceof ProblemError) return false;
      throw error;
    }
  }

  /** Carries the elements of shapes through the node; fully known ones become constants. */
  private propagate(view: NodeView, type: ValueType | null): void {
    const output = view.node.outputs[0];
    if (output === undefined || output === '' || !type?.dims || !WHOLE.has(type.dtype)) return;
    const dims = type.dims.filter((dim) => typeof dim === 'number');
    const count = elementCount(dims);
    if (dims.length !== type.dims.length || count > MAX_VALUES) return;
    const values = valueRuleOf(view.node)?.(view) ?? null;
    if (values?.length !== count) return;
    this.values.set(output, values);
    if (!values.every((value) => typeof value === 'number')) return;
    this.pool.tensors.set(output, fromNdArray({ dtype: type.dtype, dims, data: Float64Array.from(values) }));
  }

  /** What shape rules see of a node, once those before it are visited. */
  viewOf(node: Node): NodeView {
    return new FactView(node, this.pool.opset(node), this);
  }

  /** The elements of a shape-like value, as far as they are known. */
  intsOf(name: string): readonly Dim[] | null {
    let values = this.values.get(name);
    if (values === undefined) {
      const dtype = this.pool.tensors.get(name)?.dtype;
      values = dtype !== undefined && WHOLE.has(dtype) ? this.numbersOf(name) : null;
      this.values.set(name, values);
    }
    return values;
  }

  /** The elements of a small constant. */
  numbersOf(name: string): readonly number[] | null {
    const tensor = this.pool.tensors.get(name);
    if (tensor === undefined || elementCount(tensor.dims) > MAX_VALUES) return null;
    const array = this.pool.small(name);
    return array === null ? null : plainArray(array.data);
  }
}

function checkSize(dim: Dim): void {
  if (typeof dim === 'number' && !(Number.isSafeInteger(dim) && dim >= 0)) {
    throw new ShapeConflict(`an output size of ${dim} is not possible`);
  }
}

function withoutDims(type: ValueType | null): ValueType | null {
  return type === null ? null : { dtype: type.dtype, dims: null };
}
