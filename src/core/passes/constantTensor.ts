import type { Node } from '../ir/model';
import { fromNdArray } from '../tensor/convert';
import type { DType } from '../tensor/dtype';
import type { Tensor } from '../tensor/tensor';

/** The tensor of a Constant node, the file's own object where it has one; null for strings and sparse ones. */
export function constantTensor(node: Node): Tensor | null {
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === 'tensor') return attribute.value;
    if (attribute.kind === 'int') return numbers('int64', [], [attribute.value]);
    if (attribute.kind === 'float') return numbers('float32', [], [attribute.value]);
    if (attribute.kind === 'ints') return numbers('int64', [attribute.value.length], attribute.value);
    if (attribute.kind === 'floats') return numbers('float32', [attribute.value.length], attribute.value);
  }
  return null;
}

function numbers(dtype: DType, dims: readonly number[], values: readonly number[]): Tensor {
  return fromNdArray({ dtype, dims, data: Float64Array.from(values) });
}
