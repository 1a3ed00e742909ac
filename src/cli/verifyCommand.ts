import type { PixelScale } from '../core/inputs/pixelScale';
import type { Provider } from '../core/ports';
import { unwrap } from '../core/result';
import type { GivenShapes } from '../core/torchscript/readScript';
import type {
  BlockComparison,
  ErrorMap,
  OutputComparison,
  VerificationReport,
  Verdict,
} from '../core/verify/report';
import type { VerificationRecord } from '../core/view/report/verificationRecord';
import { verifyFiles } from '../worker/jobs/verifyFiles';
import { EXIT_DIFFERENT, EXIT_DONE, printJson } from './exit';
import { describeAssumptions } from './assumptions';
import { givenOf, shapesOf, type CheckpointCommandOptions } from './options';
import { paintFor } from './paint';
import { printable } from './printable';
import { progressLine } from './progressLine';
import { formOf, saveReport } from './saveReport';

const pc = paintFor(process.stdout);

export interface VerifyCommandOptions extends CheckpointCommandOptions {
  readonly provider?: Provider;
  readonly samples?: number;
  readonly seed?: number;
  readonly sizes?: ReadonlyMap<string, number>;
  readonly shape?: GivenShapes;
  /** Files to run besides the drawn inputs. */
  readonly inputs?: readonly string[];
  readonly pixels?: PixelScale;
  /** Files to save the report in: .md or .json. */
  readonly report?: readonly string[];
  readonly json?: true;
}

/** `replens verify ORIGINAL FUSED` and `replens explain TRAIN DEPLOY`. */
export async function verifyCommand(
  original: string,
  fused: string,
  options: VerifyCommandOptions,
  ortFolder: string,
  explains = false,
): Promise<number> {
  // before minutes of work, not after
  for (const path of options.report ?? []) formOf(path);
  const line = progressLine();
  let report: VerificationRecord;
  try {
    report = unwrap(
      await verifyFiles(
        original,
        fused,
        { ...options, ...shapesOf(options), ...givenOf(options), ortFolder, explains },
        { progress: line.progress },
      ),
    );
  } finally {
    line.done();
  }
  for (const path of options.report ?? []) saveReport(report, path);
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
        `rms ${scientific(output.rms)}, cosine ${output.cosine.toFixed(9)}, worst at [${output.worstIndex.join(', ')}]${agreement(output)}`,
    );
  }
  // what is wrong is what one came for
  const byTrouble = [...report.blocks].sort((a, b) => trouble(b) - trouble(a));
  for (const block of byTrouble) lines.push(...describeBlock(block));
  lines.push(...describeAssumptions(report.assumptions, pc));
  return `${lines.join('\n')}\n`;
}

const WORST: Readonly<Record<Verdict, number>> = { 'not-equivalent': 2, inconclusive: 1, equivalent: 0 };

/** By verdict, then by how far the block is off, without end for one that has no figure; blocks without trouble keep their order. */
function trouble({ verdict, ratio }: BlockComparison): number {
  if (verdict === 'equivalent') return 0;
  return WORST[verdict] + 1 - 1 / (1 + (ratio ?? Infinity));
}

function describeBlock(block: BlockComparison): readonly string[] {
  const ratio = block.ratio === null ? '' : `  ${Number(block.ratio.toPrecision(2))} × the rounding bound`;
  const head = `block ${pc.bold(block.id)}  ${PAINT[block.verdict](block.verdict)}${ratio}  ${pc.dim(block.scope)}`;
  const faults = block.faults.flatMap(({ kind, message, nodes, share }) => [
    `    ${pc.red(kind)}  ${message}  ${pc.dim(`${Math.round(share * 100)} % of the difference`)}`,
    `        ${pc.dim(nodes.join(', '))}`,
  ]);
  return [
    head,
    ...faults,
    ...(block.errorMap === undefined ? [] : [`    ${pc.dim(describeMap(block.errorMap))}`]),
  ];
}

/** "largest at the edge (0.3, inside 1e-7); channels 3, 5 of 16". */
function describeMap({ dims, places, channels }: ErrorMap): string {
  const most = Math.max(0, ...places);
  let inside = 0;
  places.forEach((error, at) => {
    let rest = at;
    let isEdge = false;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const size = dims[axis] ?? 1;
      const place = rest % size;
      isEdge ||= place === 0 || place === size - 1;
      rest = Math.floor(rest / size);
    }
    if (!isEdge) inside = Math.max(inside, error);
  });
  const wrong = channels.flatMap((error, channel) => (error > most * 1e-3 ? [channel] : []));
  const where =
    wrong.length === channels.length
      ? 'every channel'
      : `channels ${wrong.slice(0, 8).join(', ')}${wrong.length > 8 ? ', …' : ''} of ${channels.length}`;
  return `on a random image of ${dims.join('×')}: up to ${scientific(most)}, ${scientific(inside)} away from the edge; ${where}`;
}

/** Of a classifier: ", top-1 100 %, top-5 99.8 %". */
function agreement({ top1, top5 }: OutputComparison): string {
  const percent = (share: number): string => `${Number((100 * share).toPrecision(4))} %`;
  return top1 === undefined || top5 === undefined ? '' : `, top-1 ${percent(top1)}, top-5 ${percent(top5)}`;
}

function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
