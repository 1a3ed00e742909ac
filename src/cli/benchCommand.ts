import type { Provider } from '../core/ports';
import { unwrap } from '../core/result';
import type { GivenShapes } from '../core/torchscript/readScript';
import { timing } from '../core/view/report/timing';
import type { SpeedComparison, SpeedReport, SpeedVerdict } from '../core/verify/speed/speedReport';
import { benchFiles } from '../worker/jobs/benchFiles';
import { EXIT_DONE, printJson } from './exit';
import { shapesOf } from './options';
import { paintFor } from './paint';
import { printable } from './printable';
import { progressLine } from './progressLine';

const pc = paintFor(process.stdout);

export interface BenchCommandOptions {
  readonly provider?: Provider;
  readonly runs?: number;
  readonly sizes?: ReadonlyMap<string, number>;
  readonly shape?: GivenShapes;
  readonly json?: true;
}

/** `replens bench ORIGINAL FUSED`. */
export async function benchCommand(
  original: string,
  fused: string,
  options: BenchCommandOptions,
  ortFolder: string,
): Promise<number> {
  const line = progressLine();
  let report: SpeedReport;
  try {
    const { progress } = line;
    report = unwrap(
      await benchFiles(original, fused, { ...options, ...shapesOf(options), ortFolder }, { progress }),
    );
  } finally {
    line.done();
  }
  if (options.json === true) printJson(report);
  else process.stdout.write(describe(printable(report)));
  return EXIT_DONE;
}

const PAINT: Readonly<Record<SpeedVerdict, (text: string) => string>> = {
  faster: pc.green,
  slower: pc.red,
  same: pc.yellow,
};

function describe({ summary, provider, adapter, input, hasGpuClock, whole, blocks }: SpeedReport): string {
  const clock = hasGpuClock ? ", by the GPU's own clock" : '';
  const lines = [
    pc.bold(summary),
    pc.dim(`timed on ${provider}${adapter === null ? '' : ` (${adapter})`}${clock}, input ${input}`),
    ...(whole === null ? [] : [`whole model  ${row(whole)}`]),
    ...blocks.map(({ id, shape, comparison, failure }) =>
      comparison === null
        ? `block ${pc.bold(id)}  ${pc.dim(failure ?? '')}`
        : `block ${pc.bold(id)}  ${row(comparison)}  ${pc.dim(shape)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function row(comparison: SpeedComparison): string {
  const { before, after } = comparison.gpu ?? comparison;
  const { verdict, speedup } = comparison;
  const factor = PAINT[verdict](`${verdict}, × ${Number(speedup.toPrecision(3))}`);
  return `${timing(before)} → ${timing(after)}  ${factor}  ${pc.dim(`${after.runs} runs after ${after.warmUps}`)}`;
}
