import type { Node, ValueType } from '../ir/model';
import { dataTypeOf } from '../onnx/dataTypes';

/**
 * CastLike as the Cast that it is where the type of its second input is known: of that input only the type counts, so
 * the result is a constant whenever the first input is. Any other node is handed back as it is.
 */
export function plainCast(node: Node, types: ReadonlyMap<string, ValueType>): Node {
  if (node.opType !== 'CastLike' || node.domain !== '') return node;
  const [data = '', like = ''] = node.inputs;
  const dtype = types.get(like)?.dtype ?? 'other';
  if (dtype === 'other') return node;
  const to = { kind: 'int', value: dataTypeOf(dtype) } as const;
  return { ...node, opType: 'Cast', inputs: [data], attributes: new Map([['to', to]]) };
}
