import type { BlockSpeed, SpeedReport } from './speedReport';

/** One sentence: whether merging pays on this machine, and which blocks it makes slower. */
export function speedSummary({
  provider,
  whole,
  failure,
  blocks,
}: Omit<SpeedReport, 'summary' | 'input'>): string {
  const on = provider === 'webgpu' ? 'WebGPU' : 'wasm';
  const which = blocksOf(blocks, 'slower');
  const slower = which === null ? '' : `; ${which} slower`;
  if (whole === null) return `The whole models could not be timed on ${on}: ${sentence(failure)}${slower}.`;
  const { speedup, verdict } = whole;
  if (verdict === 'same')
    return `Merging does not pay on ${on} here: the times before and after overlap (${times(speedup)})${slower}.`;
  if (verdict === 'slower')
    return `Merging does not pay on ${on} here: the merged model is slower (${times(speedup)})${slower}.`;
  return `Merging pays on ${on} here: the merged model is ${figure(speedup)} times as fast${slower}.`;
}

function blocksOf(blocks: readonly BlockSpeed[], verdict: 'slower'): string | null {
  const ids = blocks.filter(({ comparison }) => comparison?.verdict === verdict).map(({ id }) => id);
  if (ids.length === 0) return null;
  return ids.length === 1 ? `block ${ids[0] ?? ''} alone is` : `blocks ${ids.join(', ')} alone are`;
}

function times(speedup: number): string {
  return `${figure(speedup)} times as fast`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function sentence(failure: string | null): string {
  return (failure ?? 'nothing was run').replace(/\.+$/, '');
}
