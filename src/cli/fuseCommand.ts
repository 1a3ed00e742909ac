import type { GivenShapes } from '../core/torchscript/readScript';
import { unwrap } from '../core/result';
import type { FuseReport } from '../core/view/fuseReport';
import { fuseFile } from '../worker/jobs/fuseFile';
import { openFile } from '../worker/jobs/openFile';
import { EXIT_DONE, printJson } from './exit';
import { bytes, count } from './format';
import { describeAssumptions } from './assumptions';
import { givenOf, shapesOf, type CheckpointCommandOptions } from './options';
import { paintFor } from './paint';
import { printable } from './printable';
import { progressLine } from './progressLine';

const pc = paintFor(process.stdout);

export interface FuseCommandOptions extends CheckpointCommandOptions {
  readonly output?: string;
  readonly only?: ReadonlySet<string>;
  readonly force?: true;
  readonly shape?: GivenShapes;
  readonly batchFree?: true;
  readonly json?: true;
}

/** `replens fuse MODEL`. */
export async function fuseCommand(path: string, options: FuseCommandOptions): Promise<number> {
  const line = progressLine();
  let report: FuseReport;
  try {
    const file = unwrap(
      openFile(path, { progress: line.progress }, { ...shapesOf(options), ...givenOf(options) }),
    );
    report = unwrap(await fuseFile(file, options, { progress: line.progress }));
  } finally {
    line.done();
  }
  if (options.json === true) printJson(report);
  else process.stdout.write(describe(printable(report)));
  return EXIT_DONE;
}

function describe(report: FuseReport): string {
  const lines = report.refused.map(
    ({ id, code, message }) => `${pc.yellow('○')} ${pc.bold(id)}  ${pc.yellow(code)}  ${message}`,
  );
  if (report.fused.length === 0) lines.push('Nothing to fuse.');
  else {
    lines.push(
      `${pc.green('●')} Fused ${count(report.fused.length, 'block')}: ${report.convsBefore} → ${report.convsAfter} convolutions, ` +
        `${report.nodesBefore} → ${report.nodesAfter} nodes, ${bytes(report.bytesBefore)} → ${bytes(report.bytesAfter)}.`,
    );
  }
  if (report.output !== null) lines.push(`Wrote ${report.output}`);
  lines.push(...(report.notes ?? []), ...describeAssumptions(report.assumptions, pc));
  return `${lines.join('\n')}\n`;
}
