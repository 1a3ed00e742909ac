import { supportsOp } from '../eval/evaluateNode';
import { subgraphs } from '../ir/attributes';
import type { Model, Node, ValueType } from '../ir/model';
import { ProblemError } from '../result';
import { isNumeric, tensorValues, writeElements } from '../tensor/convert';
import { bytesPerElement, type DType } from '../tensor/dtype';
import { byteLength, elementCount, type NdArray, type Tensor } from '../tensor/tensor';
import { chainNodes, evaluateChain, MAX_FOLDED_ELEMENTS, type ChainSource } from './foldedChain';

/** Results below this size are kept once computed, as long as all kept ones together stay below the second limit. */
const KEPT_BYTES = 2 ** 20;
const ALL_KEPT_BYTES = 2 ** 26;
/** While shapes are inferred, only chains of small arrays are computed, and only so many elements in all. */
const SMALL_ELEMENTS = 2 ** 16;
const INFERENCE_ELEMENTS = 2 ** 26;

const RANDOM = new Set([
  'RandomNormal',
  'RandomUniform',
  'RandomNormalLike',
  'RandomUniformLike',
  'Bernoulli',
  'Multinomial',
]);
/** Ops that move no element: the result has the bytes of the first input. */
const RELABEL = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity']);

/** The constants found so far: the file's own tensors, and folded ones that are computed when somebody reads them. */
export class ConstantPool implements ChainSource {
  readonly tensors = new Map<string, Tensor>();
  readonly makers = new Map<string, Node>();
  private readonly kept = new Map<string, NdArray>();
  private keptBytes = 0;
  private inferenceElements = INFERENCE_ELEMENTS;

  /** @param open the constants of the same model with its sizes open; what it has computed of shared ones is used here. */
  constructor(
    private readonly opsets: Model['opsets'],
    private readonly open: ConstantPool | null = null,
  ) {}

  opset(node: Node): number {
    return this.opsets.get(node.domain) ?? this.opsets.get('') ?? 1;
  }

  recall(value: string): NdArray | undefined {
    return this.kept.get(value) ?? (this.isShared(value) ? this.open?.recall(value) : undefined);
  }

  private isShared(value: string): boolean {
    const tensor = this.open?.tensors.get(value);
    return tensor !== undefined && tensor === this.tensors.get(value);
  }

  keep(value: string, array: NdArray): void {
    const bytes = array.data.byteLength;
    if (!this.kept.has(value) && bytes <= KEPT_BYTES && this.reserve(bytes)) this.kept.set(value, array);
  }

  /** Whether the node's outputs depend on no input, so that they can be folded once their types are known. */
  isFoldable(node: Node): boolean {
    if (RANDOM.has(node.opType) || subgraphs(node).length > 0 || !supportsOp(node)) return false;
    // the third input of Dropout turns it on
    if (node.opType === 'Dropout' && node.inputs.length > 2) return false;
    const given = node.inputs.filter((input) => input !== '');
    return given.length > 0 && given.every((input) => this.tensors.has(input));
  }

  /** Adds a node's outputs, to be computed on demand. False where a size is not known or too large. */
  fold(node: Node, types: readonly (ValueType | null)[]): boolean {
    const dims = types.map((type) => concreteDims(type));
    const foldable = node.outputs.every((output, place) => output === '' || Boolean(dims[place]));
    if (!foldable) return false;
    node.outputs.forEach((output, place) => {
      const type = types[place];
      if (output === '' || !type) return;
      this.makers.set(output, node);
      this.tensors.set(
        output,
        this.foldedTensor(output, node, { dtype: type.dtype, dims: dims[place] ?? [] }),
      );
    });
    return true;
  }

  /** The elements of a constant where they are cheap to have; null where they are not, or can't be computed. */
  small(value: string): NdArray | null {
    const kept = this.recall(value);
    if (kept !== undefined) return kept;
    const tensor = this.tensors.get(value);
    if (tensor === undefined || !isNumeric(tensor.dtype)) return null;
    const plan = chainNodes(value, this);
    if (!this.spend(value, plan)) return null;
    try {
      const array = evaluateChain(value, this, plan);
      this.keep(value, array);
      return array;
    } catch (error) {
      // Analysis goes on without the value; who needs it later gets the sentence.
      if (error instanceof ProblemError || error instanceof RangeError) return null;
      throw error;
    }
  }

  /** Charges the elements read and made on the way to `value`; false where one array is not small, or all is spent. */
  private spend(value: string, nodes: readonly Node[]): boolean {
    const touched = new Set<string>([value]);
    for (const node of nodes) for (const name of [...node.inputs, ...node.outputs]) touched.add(name);
    let cost = nodes.length;
    let isSmall = true;
    for (const name of touched) {
      const tensor = this.tensors.get(name);
      const count = tensor === undefined ? 0 : elementCount(tensor.dims);
      if (count > SMALL_ELEMENTS) isSmall = false;
      else cost += count;
    }
    this.inferenceElements -= cost;
    return isSmall && this.inferenceElements >= 0;
  }

  private foldedTensor(value: string, node: Node, type: Pick<Tensor, 'dtype' | 'dims'>): Tensor {
    const source = RELABEL.has(node.opType) ? this.tensors.get(node.inputs[0] ?? '') : undefined;
    if (source !== undefined && byteLength(source) === byteLength(type)) {
      if (node.opType === 'Identity') return source;
      return { ...type, bytes: () => source.bytes(), values: () => tensorValues(source) };
    }
    return new FoldedTensor(value, type.dtype, type.dims, this);
  }

  /** Whether an array of so many bytes may be kept; counts it. */
  reserve(bytes: number): boolean {
    if (this.keptBytes + bytes > ALL_KEPT_BYTES) return false;
    this.keptBytes += bytes;
    return true;
  }
}

/** The dims of a type that can be folded; null where they are not all numbers, or too many elements. */
function concreteDims(type: ValueType | null | undefined): readonly number[] | null {
  if (!type?.dims || !isNumeric(type.dtype)) return null;
  const dims = type.dims.filter((dim) => typeof dim === 'number');
  return dims.length === type.dims.length && elementCount(dims) <= MAX_FOLDED_ELEMENTS ? dims : null;
}

/** A constant that is computed when somebody reads it; a class and not closures, since a large export has thousands. */
class FoldedTensor implements Tensor {
  private kept: Uint8Array | null = null;

  constructor(
    private readonly name: string,
    readonly dtype: DType,
    readonly dims: readonly number[],
    private readonly pool: ConstantPool,
  ) {}

  values(): Float64Array {
    return evaluateChain(this.name, this.pool).data;
  }

  bytes(): Uint8Array {
    if (this.kept !== null) return this.kept;
    const data = this.values();
    const bytes = new Uint8Array(data.length * bytesPerElement(this.dtype));
    writeElements(this.dtype, data, bytes, 0);
    if (bytes.byteLength <= KEPT_BYTES && this.pool.reserve(bytes.byteLength)) this.kept = bytes;
    return bytes;
  }
}
