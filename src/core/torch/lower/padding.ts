import type { Call, Lowering, LoweringTable } from './call';
import { text } from './constants';

/** Pads: PyTorch lists begin and end of the last axis first. */

const MODES: ReadonlyMap<string, string> = new Map([
  ['constant', 'constant'],
  ['reflect', 'reflect'],
  ['replicate', 'edge'],
  ['circular', 'wrap'],
]);

function pad(call: Call, padding: string, mode: string): string {
  const around = call.ints(padding);
  const count = around.length / 2;
  const begins = Array.from({ length: count }, (_, place) => around[2 * (count - 1 - place)] as number);
  const ends = Array.from({ length: count }, (_, place) => around[2 * (count - 1 - place) + 1] as number);
  const rank = call.rank('self');
  const axes = Array.from({ length: count }, (_, place) => rank - count + place);
  const onnx = MODES.get(mode) ?? call.cannot(`pads in mode ${mode}`);
  const value = onnx === 'constant' ? call.scalar(call.number('value', 0), call.type('self').dtype) : '';
  // every axis is named: older readers know of no list of axes
  const all = Array.from({ length: rank }, (_, axis) => axes.indexOf(axis));
  const pads = [...all.map((place) => begins[place] ?? 0), ...all.map((place) => ends[place] ?? 0)];
  const inputs = [call.tensor('self'), call.list(pads), ...(value === '' ? [] : [value])];
  return call.emit('Pad', inputs, { mode: text(onnx) });
}

const padBy =
  (mode: string): Lowering =>
  (call) =>
    pad(call, 'padding', mode);

export const paddingLowerings: LoweringTable = {
  'aten.pad': (call) => pad(call, 'pad', call.word('mode', 'constant')),
  'aten.constant_pad_nd': (call) => pad(call, 'pad', 'constant'),
  'aten.reflection_pad3d': padBy('reflect'),
  'aten.replication_pad3d': padBy('replicate'),
  'aten.reflection_pad1d': padBy('reflect'),
  'aten.reflection_pad2d': padBy('reflect'),
  'aten.replication_pad1d': padBy('replicate'),
  'aten.replication_pad2d': padBy('replicate'),
};
