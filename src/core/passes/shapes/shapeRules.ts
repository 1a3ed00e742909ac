import type { Node } from '../../ir/model';
import { convolutionRules } from './convolution';
import { elementwiseRules } from './elementwise';
import { generateRules } from './generate';
import { layoutRules } from './layout';
import { linearRules } from './linear';
import { reduceRules } from './reduce';
import { resizeRules } from './resize';
import { selectRules } from './select';
import type { ShapeRule } from './shapeRule';

const RULES: ReadonlyMap<string, ShapeRule> = new Map(
  [
    elementwiseRules,
    convolutionRules,
    linearRules,
    layoutRules,
    selectRules,
    reduceRules,
    generateRules,
    resizeRules,
  ].flatMap((rules) => Object.entries(rules)),
);

/** The shape rule of a node; null for ops that have none here. */
export function shapeRuleOf(node: Node): ShapeRule | null {
  if (node.domain !== '' && node.domain !== 'ai.onnx') return null;
  return RULES.get(node.opType) ?? null;
}
