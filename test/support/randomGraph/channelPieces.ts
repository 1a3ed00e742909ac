import type { Emitter, Value } from './emitter';

/** Some of a value's channels, by one of the operators that can select them. */
export function channelPart(
  e: Emitter,
  value: Value,
  how: 'slice' | 'gather' | 'split',
  order: number,
): Value {
  const { channels } = value;
  if (channels < 2) return value;
  const first = 1 + (order % (channels - 1));
  if (how === 'split') return split(e, value, first, order);
  if (how === 'gather') {
    const picked = Array.from({ length: first }, (_, i) => (i * 5 + order) % channels);
    const name = e.node('Gather', [value.name, e.ints(picked)], { axis: 1 }, { tag: 'Gather channels' });
    return { ...value, name, channels: picked.length };
  }
  if (order % 4 === 3) {
    // backwards
    const bounds = [e.ints([-1]), e.ints([-Number.MAX_SAFE_INTEGER]), e.ints([1]), e.ints([-1])];
    return {
      ...value,
      name: e.node('Slice', [value.name, ...bounds], {}, { tag: 'Slice channels backwards' }),
    };
  }
  const isTail = order % 2 === 1;
  const bounds = isTail ? [channels - first, Number.MAX_SAFE_INTEGER] : [0, first];
  const inputs = [value.name, e.ints([bounds[0]!]), e.ints([bounds[1]!]), e.ints([1])];
  return { ...value, channels: first, name: e.node('Slice', inputs, {}, { tag: 'Slice channels' }) };
}

/** One part of a Split; the other goes unread, or comes back behind a change of places. */
function split(e: Emitter, value: Value, first: number, order: number): Value {
  const parts = [first, value.channels - first];
  const isNew = e.recipe.opset >= 13;
  const inputs = isNew ? [value.name, e.ints(parts)] : [value.name];
  const attrs = isNew ? { axis: 1 } : { axis: 1, split: { ints: parts } };
  const name = e.node('Split', inputs, attrs, { tag: 'Split channels', outputs: 2 });
  if (order % 3 === 0) return { ...value, name, channels: first };
  const again = e.node('Concat', [`${name}.1`, name], { axis: 1 }, { tag: 'Concat swapped' });
  return { ...value, name: again };
}

/** A channel shuffle: reshape to groups, transpose, reshape back; by Gather where the batch is open and sizes differ. */
export function shuffled(e: Emitter, value: Value, order: number): Value {
  const { channels } = value;
  const groups = [2, 3, 4].find((g) => channels % g === 0 && channels > g);
  const size = e.recipe.openSizes ? undefined : value.sizes[0];
  if (groups === undefined || size === undefined) {
    const step = channels > 2 && channels % 2 === 1 ? 2 : channels - 1;
    const places = Array.from({ length: channels }, (_, i) => (i * Math.max(1, step) + order) % channels);
    return {
      ...value,
      name: e.node('Gather', [value.name, e.ints(places)], { axis: 1 }, { tag: 'Gather shuffle' }),
    };
  }
  const perGroup = channels / groups;
  const grouped = e.node(
    'Reshape',
    [value.name, e.ints([0, groups, perGroup, ...size])],
    {},
    { tag: 'shuffle' },
  );
  const perm = [0, 2, 1, ...size.map((_, axis) => axis + 3)];
  const swapped = e.node('Transpose', [grouped], { perm: { ints: perm } }, { tag: 'shuffle' });
  const name = e.node('Reshape', [swapped, e.ints([0, channels, ...size])], {}, { tag: 'shuffle' });
  return { ...value, name };
}
