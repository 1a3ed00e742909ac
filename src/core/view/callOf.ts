import type { Node } from '../ir/model';

/** The call that a node of a PyTorch model was made of: "aten.conv2d", "aten.add.Tensor"; null for a node of ONNX or of ours. */
export function callOf({ origin }: Node): string | null {
  if (origin.kind !== 'file' || typeof origin.ref !== 'object' || origin.ref === null) return null;
  const { target, overload } = origin.ref as { readonly target?: unknown; readonly overload?: unknown };
  if (typeof target !== 'string') return null;
  return typeof overload === 'string' && overload !== '' && overload !== 'default'
    ? `${target}.${overload}`
    : target;
}
