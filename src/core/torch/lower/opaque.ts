import type { Attribute } from '../../ir/model';
import type { Argument, AtenNode } from '../program/atenGraph';
import type { MadeNode } from './callScope';
import { float } from './constants';

/** A call without a lowering: a node of its own name outside the standard operator set, its numbers as attributes. */
export function opaqueNode(
  { target, args }: AtenNode,
  inputs: readonly string[],
  outputs: readonly string[],
): MadeNode {
  const dot = target.indexOf('.');
  const attributes: Record<string, Attribute> = {};
  for (const [name, argument] of args) {
    const attribute = attributeOf(argument);
    if (attribute !== null) attributes[name] = attribute;
  }
  return {
    opType: target.slice(dot + 1),
    // "_operator.getitem" is no operator of ATen either
    domain: dot > 0 ? target.slice(0, dot) : 'aten',
    inputs,
    outputs,
    attributes,
  };
}

function attributeOf(argument: Argument): Attribute | null {
  switch (argument.kind) {
    case 'int':
      return { kind: 'int', value: inInt64(argument.value) };
    case 'bool':
      return { kind: 'int', value: argument.value ? 1 : 0 };
    case 'float':
      return float(argument.value);
    case 'text':
      return { kind: 'string', value: argument.value };
    case 'floats':
      return { kind: 'floats', value: argument.value.map(Math.fround) };
    case 'ints': {
      const numbers = argument.value.filter((size) => typeof size === 'number');
      return numbers.length === argument.value.length ? { kind: 'ints', value: numbers.map(inInt64) } : null;
    }
    default:
      return null;
  }
}

/** The ends of int64 as numbers: 2^63 − 1, with which PyTorch writes an open end, is rounded up where it is read. */
function inInt64(value: number): number {
  return Math.min(Math.max(value, -(2 ** 63)), 2 ** 63 - 2 ** 10);
}
