import { basename } from 'node:path';
import type { GivenShapes } from '../core/torchscript/readScript';
import { unwrap } from '../core/result';
import {
  inspectReport,
  type BlockReport,
  type CheckpointSummary,
  type InspectReport,
} from '../core/view/inspectReport';
import { openFile } from '../worker/jobs/openFile';
import { EXIT_DONE, printJson } from './exit';
import { amount, change, count, shape } from './format';
import { describeAssumptions } from './assumptions';
import { givenOf, shapesOf, type CheckpointCommandOptions } from './options';
import { paintFor } from './paint';
import { printable } from './printable';
import { progressLine } from './progressLine';

const pc = paintFor(process.stdout);

export interface InspectCommandOptions extends CheckpointCommandOptions {
  readonly json?: true;
  /** Print each branch's share of the merged kernel. */
  readonly insight?: true;
  readonly shape?: GivenShapes;
}

/** `replens inspect MODEL`. */
export function inspectCommand(path: string, options: InspectCommandOptions): number {
  const line = progressLine();
  let report: InspectReport;
  try {
    const { detection } = unwrap(
      openFile(
        path,
        { progress: line.progress },
        { sparse: true, ...shapesOf(options), ...givenOf(options) },
      ),
    );
    report = inspectReport(detection, { insight: options.insight === true });
  } finally {
    line.done();
  }
  if (options.json === true) printJson(report);
  else process.stdout.write(describe(path, printable(report)));
  return EXIT_DONE;
}

function describe(path: string, report: InspectReport): string {
  const { model, blocks } = report;
  const port = (ports: typeof model.inputs): string =>
    ports.map(({ name, dtype, dims }) => `${name} ${pc.dim(`${dtype ?? '?'} ${shape(dims)}`)}`).join(', ');
  const lines = [
    `${pc.bold(basename(path))}  ${pc.dim(`${report.format} ${report.checkpoint === undefined ? `opset ${model.opset ?? '?'}, ` : ''}${model.producer}`)}`,
    ...(report.checkpoint === undefined
      ? [`inputs   ${port(model.inputs)}`, `outputs  ${port(model.outputs)}`]
      : describeStates(report.checkpoint)),
    `${count(model.nodes, 'node')}, ${count(model.convs, 'convolution')}, ${amount(model.parameters)} parameters`,
    '',
    ...(blocks.length === 0 ? withoutBlocks(report) : blocks.flatMap(describeBlock)),
  ];
  if (blocks.length > 0) {
    const fusable = blocks.filter((block) => block.status === 'fusable').length;
    lines.push(`${count(fusable, 'block')} can be fused, ${blocks.length - fusable} refused.`);
  }
  lines.push(...describeAssumptions(report.checkpoint?.assumptions, pc));
  return `${lines.join('\n')}\n`;
}

function describeStates({ states, others }: CheckpointSummary): readonly string[] {
  const weights = states.map(
    ({ path, entries, blocks }) =>
      `weights  ${path === '' ? 'the file itself' : `"${path}"`}  ${pc.dim(`${entries} entries, ${count(blocks, 'block')}`)}`,
  );
  const beside = others.map(({ path }) => path).join(', ');
  return beside === '' ? weights : [...weights, `beside   ${pc.dim(beside)}`];
}

function withoutBlocks({ model, checkpoint }: InspectReport): readonly string[] {
  if (checkpoint !== undefined)
    return ['No reparam blocks: no entries have the names of a block that is known here.'];
  const ops = model.ops.slice(0, 8).map(({ op, count: times }) => `${op} ${times}`);
  return [
    'No reparam blocks: no parallel linear branches from one tensor that are added or concatenated without an activation between.',
    `operators  ${ops.join(', ')}${model.ops.length > 8 ? ', …' : ''}`,
  ];
}

function describeBlock(block: BlockReport): readonly string[] {
  const fusable = block.status === 'fusable';
  const mark = fusable ? pc.green('●') : pc.yellow('○');
  const place = block.modulePath === '' ? (block.output ?? '') : block.modulePath;
  const { before, after } = block;
  const savings = fusable
    ? `${count(before.nodes, 'node')} → ${after.nodes}, parameters ${change(before.params, after.params)}${macsChange(block)}`
    : pc.yellow(block.refusal?.code ?? '');
  return [
    `${mark} ${pc.bold(block.id)}  ${block.family}  ${pc.dim(place)}  ${savings}`,
    ...block.branches.map(
      (branch, index) =>
        `    ${index === block.branches.length - 1 ? '└' : '├'} ${branch.label}${describeShare(branch)}`,
    ),
    ...(block.dynamic?.notes ?? []).map((note) => `    ${note}`),
    ...(block.refusal === null ? [] : [`    ${block.refusal.message}`]),
  ];
}

/** "  38 % of the merged kernel", or that the branch is below its rounding. */
function describeShare({ share, dead }: BlockReport['branches'][number]): string {
  if (share === undefined) return '';
  if (dead === true) return pc.yellow('  dead: below the rounding of the merged kernel');
  return pc.dim(`  ${(share * 100).toFixed(share < 0.1 ? 1 : 0)} % of the merged kernel`);
}

function macsChange({ before, after }: BlockReport): string {
  const text = change(before.macs, after.macs);
  return text === '' ? '' : `, MACs ${text}`;
}
