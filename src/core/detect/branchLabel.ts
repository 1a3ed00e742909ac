import type { Geometry } from '../algebra/geometry/geometry';
import type { Path, Step } from './branchTree';
import type { Branch } from './block';

/** The branch as a person would say it: "3×3 conv + BN", "1×1 conv → 3×3 conv", "− identity + BN". */
export function describeBranch(path: Pick<Path, 'steps' | 'coefficient'>): Branch {
  const words: string[] = [];
  for (const step of path.steps) {
    const word = stepWord(step);
    if (word === null) continue;
    const last = words.pop();
    if (last === undefined) words.push(isSuffix(step) ? `identity + ${word}` : word);
    else if (isSuffix(step)) words.push(`${last} + ${word}`);
    else words.push(last, word);
  }
  const text = words.length === 0 ? 'identity' : words.join(' → ');
  const nodes = [...new Set(path.steps.flatMap((step) => step.expr.node ?? []))];
  return { label: path.coefficient < 0 ? `− ${text}` : text, nodes };
}

function isSuffix(step: Step): boolean {
  return step.kind === 'bn' || step.kind === 'scale' || step.kind === 'shift';
}

function stepWord(step: Step): string | null {
  const { geometry } = step.expr;
  switch (step.kind) {
    case 'conv':
      return convWord(geometry);
    case 'convTranspose':
      return `${kernelWord(geometry)} ${groupWord(geometry)}transposed conv`;
    case 'linear':
      return `linear ${geometry.inChannels} → ${geometry.outChannels}`;
    case 'averagePool':
      return `${kernelWord(geometry)} average pool`;
    case 'points':
      return pointsWord(geometry);
    case 'bn':
      return 'BN';
    case 'scale':
      return 'scale';
    case 'shift':
      return 'bias';
    case 'rows':
      return 'channel selection';
    case 'pass':
      return null;
  }
}

function convWord(geometry: Geometry): string {
  const dilation = Math.max(1, ...geometry.axes.map((axis) => (axis.count > 1 ? axis.step : 1)));
  const dilated = dilation > 1 ? `, dilation ${dilation}` : '';
  return `${kernelWord(geometry)} ${groupWord(geometry)}conv${dilated}`;
}

function groupWord({ groups, inChannels }: Geometry): string {
  if (groups === 1) return '';
  return groups === inChannels ? 'depthwise ' : 'grouped ';
}

/** "3×3", "1×3", "3×3×3"; "3" for one spatial axis. */
export function kernelWord(geometry: Geometry): string {
  return geometry.axes.map((axis) => axis.count).join('×');
}

function pointsWord(geometry: Geometry): string | null {
  if (geometry.axes.some((axis) => axis.stride > 1)) return 'strided copy';
  if (geometry.axes.some((axis) => axis.slack > 0)) return 'pad';
  if (geometry.axes.some((axis) => axis.slack < 0)) return 'crop';
  return null;
}
