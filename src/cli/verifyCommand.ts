import type { Provider } from '../core/ports';
import { unwrap } from '../core/result';
import type { VerificationReport, Verdict } from '../core/verify/report';
import { verifyFiles } from '../worker/jobs/verifyFiles';
import { EXIT_DIFFERENT, EXIT_DONE, printJson } from './exit';
import { paintFor } from './paint';
import { printable } from './printable';
import { progressLine } from './progressLine';

const pc = paintFor(process.stdout);

export interface VerifyCommandOptions {
  readonly provider?: Provider;
  readonly samples?: number;
  readonly seed?: number;
  readonly json?: true;
}

/** `replens verify ORIGINAL FUSED` and `replens explain TRAIN DEPLOY`. */
export async function verifyCommand(
  original: string,
  fused: string,
  options: VerifyCommandOptions,
  ortFolder: string,
): Promise<number> {
  const line = progressLine();
  let report: VerificationReport;
  try {
    report = unwrap(
      await verifyFiles(original, fused, { ...options, ortFolder }, { progress: line.progress }),
    );
  } finally {
    line.done();
  }
  if (options.json === true) printJson(report);
  else process.stdout.write(describe(printable(report)));
  return report.verdict === 'equivalent' ? EXIT_DONE : EXIT_DIFFERENT;
}

const PAINT: Readonly<Record<Verdict, (text: string) => string>> = {
  equivalent: pc.green,
  'not-equivalent': pc.red,
  inconclusive: pc.yellow,
};

function describe(report: VerificationReport): string {
  const lines = [
    `${PAINT[report.verdict](pc.bold(report.verdict))}  ${report.reason}`,
    pc.dim(`measured on ${report.provider}${report.adapter === null ? '' : ` (${report.adapter})`}`),
  ];
  for (const output of report.outputs) {
    const bound = output.bound === null ? '' : `, tolerance ${scientific(output.bound)}`;
    lines.push(
      `output ${pc.bold(output.name)}  max |Δ| ${scientific(output.maxAbs)}${bound}, relative ${scientific(output.maxRel)}, ` +
        `rms ${scientific(output.rms)}, cosine ${output.cosine.toFixed(9)}, worst at [${output.worstIndex.join(', ')}]`,
    );
  }
  for (const block of report.blocks) {
    const ratio = block.ratio === null ? '' : `  ${Number(block.ratio.toPrecision(2))} × the rounding bound`;
    lines.push(
      `block ${pc.bold(block.id)}  ${PAINT[block.verdict](block.verdict)}${ratio}  ${pc.dim(block.scope)}`,
    );
    lines.push(...block.faults.map((fault) => `    ${pc.red(fault.kind)}  ${fault.message}`));
  }
  return `${lines.join('\n')}\n`;
}

function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
