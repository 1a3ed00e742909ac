import type { VectorExpr } from '../../algebra/kernel/vectorExpr';
import { affine, identity, type Operator } from '../../algebra/operator';
import type { Node } from '../../ir/model';
import { imageShape, type Analysis } from '../analysis';
import { isObstacle } from '../obstacle';
import { collectRegion, interpret } from '../region';

/** The operator of a value that depends on the source alone; null where it is no affine convolution of it. */
export function staticOperator(analysis: Analysis, source: string, value: string): Operator | null {
  if (value === source) {
    const shape = imageShape(analysis, source, null);
    return shape === null ? null : identity(shape.channels, shape.sizes.length);
  }
  const region = collectRegion(analysis, source, value);
  if (region === null) return null;
  const found = interpret(analysis, region);
  const operator = found.operatorAt(value);
  return isObstacle(operator) || found.order !== null ? null : operator;
}

/** y = t·x + s on channels, as the steps that a node applies in turn. */
export interface AffineStep {
  readonly scale: VectorExpr | null;
  readonly shift: VectorExpr | null;
}

/** What a node with one variable input does per channel; null where it does something else. */
export function affineSteps(analysis: Analysis, node: Node, input: string): readonly AffineStep[] | null {
  const [sink] = node.outputs;
  if (sink === undefined) return null;
  const found = interpret(analysis, { source: input, sink, nodes: [node] });
  const operator = found.operatorAt(sink);
  if (isObstacle(operator) || found.order !== null) return null;
  const steps: AffineStep[] = [];
  let expr = operator;
  for (; expr.kind === 'affine'; expr = expr.of) steps.unshift({ scale: expr.scale, shift: expr.shift });
  const isPoint = expr.geometry.axes.every(
    (axis) => axis.first === 0 && axis.stride === 1 && axis.slack === 0,
  );
  return expr.kind === 'identity' && isPoint ? steps : null;
}

/** The steps with their constants left out: what they do to a term whose constant is kept apart. */
export function scaledBy(operator: Operator, steps: readonly AffineStep[], node: string): Operator {
  return steps.reduce<Operator>(
    (of, { scale }) => (scale === null ? of : { ...affine(of, scale, null), node }),
    operator,
  );
}

export function shiftedBy(operator: Operator, steps: readonly AffineStep[], node: string): Operator {
  return steps.reduce<Operator>((of, { scale, shift }) => ({ ...affine(of, scale, shift), node }), operator);
}
