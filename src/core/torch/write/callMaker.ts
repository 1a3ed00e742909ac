import type { Graph, Node } from '../../ir/model';
import type { RawMeta, RawSize } from './rawSizes';
import type { Json } from './taggedJson';

/** A call to be made for a node of the IR. */
export interface Made {
  readonly node: Node;
  /** "torch.ops.aten.conv2d.default". */
  readonly target: string;
  readonly args: readonly (readonly [string, Json])[];
  /** The IR's value that it makes; null for one between two calls. */
  readonly value: string | null;
  /** What its result is called where it makes no value of the IR. */
  readonly hint: string;
  /** What to say of its result, where the file says nothing of it. */
  meta(): RawMeta;
}

/** Writes calls for nodes of the IR. */
export interface CallMaker {
  readonly graph: Graph;
  /** Whether the program is in the operators that others are decomposed to. */
  readonly convolution: boolean;
  /** The name of a value, or of a tensor that is held from now on. */
  operand(value: string): string;
  meta(name: string): RawMeta;
  /** What the file says of a size that has a name. */
  sizeEntry(name: string): RawSize;
  /** The node of the graph that makes a value. */
  producer(value: string): Node | undefined;
  /** Writes a call of one result; gives its name. */
  call(made: Made): string;
  /** Writes a call for a size that is open; gives its name. */
  size(node: Node, tensor: string, axis: number): string;
}
