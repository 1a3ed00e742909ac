import type { Call, Lowering } from './call';
import { LOWERINGS } from './lowerings';

/** What a call that ends in an underscore writes into its first argument. */

function copy(call: Call): string {
  const { dtype } = call.type('self');
  const value = call.operand('src', dtype);
  return sameShape(call, 'src') ? value : expanded(call, value);
}

function fill(call: Call): string {
  return expanded(call, call.operand('value', call.type('self').dtype));
}

function zero(call: Call): string {
  return expanded(call, call.scalar(0, call.type('self').dtype));
}

function sameShape(call: Call, name: string): boolean {
  const [own, other] = [call.dims('self'), call.dims(name)];
  return own.length === other.length && own.every((dim, axis) => dim !== null && dim === other[axis]);
}

function expanded(call: Call, value: string): string {
  return call.emit('Expand', [value, call.emit('Shape', [call.tensor('self')])]);
}

const WRITES: ReadonlyMap<string, Lowering> = new Map(
  Object.entries<Lowering>({ 'aten.copy_': copy, 'aten.fill_': fill, 'aten.zero_': zero }),
);

/** Whether a call writes into its first argument. */
export function isInPlace(target: string): boolean {
  return /[^_]_$/.test(target) && target !== 'aten.detach_';
}

/** The lowering of the value written: that of the call without the underscore. */
export function inPlaceLowering(target: string): Lowering | undefined {
  return WRITES.get(target) ?? LOWERINGS.get(target.slice(0, -1));
}
