import { floatAttribute } from '../ir/attributes';
import type { Node } from '../ir/model';

/**
 * A float attribute. The operator set's defaults are float32 numbers, as attributes in files are: 1e-5 there is
 * 9.99999974737875e-6, and every runtime computes with that.
 */
export function float32Attribute(node: Node, name: string, fallback: number): number {
  return floatAttribute(node, name, Math.fround(fallback));
}
