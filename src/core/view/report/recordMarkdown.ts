import type { BlockComparison, OutputComparison } from '../../verify/report';
import type { SpeedComparison, SpeedReport } from '../../verify/speed/speedReport';
import { beforeAfterBars, errorHistogram, errorMapPicture, type BarPair } from './pictures';
import { dataUri } from './svg';
import { timing } from './timing';
import type { FileRecord, ModelChange, VerificationRecord } from './verificationRecord';
import { worstBlocks, worstOutputs } from './worstFirst';

const HEADINGS = {
  equivalent: 'Equivalent',
  'not-equivalent': 'Not equivalent',
  inconclusive: 'Inconclusive',
} as const;

/** A verification as Markdown, complete in one file: pictures are part of it. */
export function recordMarkdown(record: VerificationRecord): string {
  const { verdict, reason } = record;
  return [
    `# ${HEADINGS[verdict]}: ${text(record.files.fused.name)}`,
    text(reason),
    '## Files',
    table(
      ['', 'file', 'bytes', 'SHA-256'],
      [...fileRows('before', record.files.original), ...fileRows('after', record.files.fused)],
    ),
    '## Run',
    runList(record),
    ...assumed(record),
    '## Outputs',
    ...outputs(record.outputs),
    '## Blocks',
    ...blocks(record.blocks),
    '## Before and after',
    picture(
      'before and after merging',
      beforeAfterBars(changeBars(record.change), 'Before and after merging'),
    ),
    ...(record.speed === undefined ? [] : speed(record.speed)),
  ]
    .join('\n\n')
    .concat('\n');
}

function fileRows(
  role: string,
  { name, bytes, sha256, companions }: FileRecord,
): readonly (readonly string[])[] {
  const rows = [[role, text(name), String(bytes), `\`${sha256}\``]];
  return [...rows, ...companions.map((one) => ['', text(one.name), String(one.bytes), `\`${one.sha256}\``])];
}

function runList({ tool, provider, adapter, run, inputs = [] }: VerificationRecord): string {
  const sizes = Object.entries(run.sizes).map(([symbol, size]) => `${symbol} = ${size}`);
  return [
    `- RepLens ${tool.replens}${tool.runtime === null ? '' : `, ${tool.runtime}`}`,
    `- provider ${provider}${adapter === null ? '' : `, ${text(adapter)}`}`,
    `- seed ${run.seed}, ${run.samples} drawn inputs${sizes.length === 0 ? '' : `, ${text(sizes.join(', '))}`}`,
    ...(run.inputFiles.length === 0 ? [] : [`- inputs from ${run.inputFiles.map(text).join(', ')}`]),
    ...(inputs.length === 0 ? [] : [`- run on ${inputs.map(text).join('; ')}`]),
  ].join('\n');
}

/** What a checkpoint does not say. */
function assumed({ assumptions = [] }: VerificationRecord): readonly string[] {
  if (assumptions.length === 0) return [];
  const lines = assumptions.map(
    ({ message, blocks: named }) => `- ${text(message)} (${named.length} blocks)`,
  );
  return ['## Assumed', lines.join('\n')];
}

function outputs(all: readonly OutputComparison[]): readonly string[] {
  if (all.length === 0) return ['None could be compared.'];
  const rows = worstOutputs(all).map((one) => [
    text(one.name),
    scientific(one.maxAbs),
    one.bound === null ? '–' : scientific(one.bound),
    scientific(one.maxRel),
    scientific(one.rms),
    one.cosine.toFixed(9),
    `[${one.worstIndex.join(', ')}]`,
    one.top1 === undefined ? '–' : `${percent(one.top1)} / ${percent(one.top5 ?? NaN)}`,
  ]);
  const head = ['output', 'max abs', 'tolerance', 'max rel', 'rms', 'cosine', 'worst at', 'top-1 / top-5'];
  const pictures = worstOutputs(all).flatMap(({ name, histogram }) => {
    if (histogram === undefined) return [];
    const title = `Differences of output ${name} by size`;
    return [picture(title, errorHistogram(histogram, title))];
  });
  return [table(head, rows), ...pictures];
}

function blocks(all: readonly BlockComparison[]): readonly string[] {
  if (all.length === 0) return ['The first model has none.'];
  const sorted = worstBlocks(all);
  const rows = sorted.map(({ id, verdict, ratio, scope }) => [
    text(id),
    HEADINGS[verdict],
    ratio === null ? '–' : scientific(ratio),
    text(scope),
  ]);
  return [table(['block', 'verdict', 'of the rounding bound', 'scope'], rows), ...sorted.flatMap(details)];
}

function details({ id, faults, errorMap }: BlockComparison): readonly string[] {
  if (faults.length === 0 && errorMap === undefined) return [];
  const title = `Where block ${id} is wrong`;
  return [
    `### Block ${text(id)}`,
    ...faults.map(({ kind, message, nodes, share }) => {
      const where = nodes.length === 0 ? '' : ` Nodes: ${nodes.map(text).join(', ')}.`;
      return `- **${kind}** (${percent(share)} of the difference): ${text(message)}${where}`;
    }),
    ...(errorMap === undefined ? [] : [picture(title, errorMapPicture(errorMap, title))]),
  ];
}

/** Sizes of both models as bars. */
export function changeBars({ nodes, convs, parameters, bytes }: ModelChange): readonly BarPair[] {
  const pair = (name: string, { before, after }: ModelChange['nodes']): BarPair => ({
    ...{ name, before, after },
    beforeText: before.toLocaleString('en'),
    afterText: after.toLocaleString('en'),
  });
  return [
    pair('nodes', nodes),
    pair('convolutions', convs),
    pair('parameters', parameters),
    pair('bytes', bytes),
  ];
}

/** Times of the whole model and of each block as bars. */
export function speedBars({ whole, blocks: each }: SpeedReport): readonly BarPair[] {
  const pair = (name: string, comparison: SpeedComparison | null): readonly BarPair[] => {
    if (comparison === null) return [];
    const { before, after } = comparison.gpu ?? comparison;
    const times = { before: before.median, after: after.median };
    return [{ name, ...times, beforeText: timing(before), afterText: timing(after) }];
  };
  return [...pair('whole model', whole), ...each.flatMap(({ id, comparison }) => pair(id, comparison))];
}

function speed(report: SpeedReport): readonly string[] {
  const title = 'Time of a run before and after merging';
  return ['## Speed', text(report.summary), picture(title, beforeAfterBars(speedBars(report), title))];
}

function picture(title: string, markup: string): string {
  return `![${text(title)}](${dataUri(markup)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Names come from files: nothing in them becomes a link, a picture, markup or a new line. */
function text(value: string): string {
  return value.replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ').replace(/[\\`*_[\]<>|&#~!]/g, '\\$&');
}

function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(2);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(4))} %`;
}
