import type { AlgebraRefusal, RefusalCode } from '../algebra/refusal';
import type { Node } from '../ir/model';

/** Why a node's output is not an affine convolution of the source, and at which nodes. */
export interface Obstacle {
  readonly obstacle: true;
  readonly code: RefusalCode;
  /** One sentence. */
  readonly message: string;
  readonly nodes: readonly Node[];
}

export function obstacle(code: RefusalCode, message: string, ...nodes: readonly Node[]): Obstacle {
  return { obstacle: true, code, message, nodes };
}

/** An algebra refusal, at the node where it arose. */
export function obstacleAt(refusal: AlgebraRefusal, node: Node): Obstacle {
  return obstacle(refusal.code, refusal.message, node);
}

export function isObstacle<T extends object>(value: T | Obstacle): value is Obstacle {
  return 'obstacle' in value;
}
