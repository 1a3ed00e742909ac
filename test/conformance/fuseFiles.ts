import { createInterface } from 'node:readline';
import { performance } from 'node:perf_hooks';
import { inspectReport } from '../../src/core/view/inspectReport';
import { ProblemError, unwrap } from '../../src/core/result';
import { fuseFile } from '../../src/worker/jobs/fuseFile';
import { openFile } from '../../src/worker/jobs/openFile';

/**
 * `inspect` and `fuse` for many files in one process: one JSON request `{ "path", "output", "shapes" }` a line on stdin, one JSON
 * answer a line on stdout. What the command line does, without starting Node for each of two thousand models.
 */
interface Request {
  readonly path: string;
  readonly output: string;
  /** What a checkpoint does not say. */
  readonly bnEps?: number;
  readonly identity?: Readonly<Record<string, boolean>>;
  /** Of inputs, which a script does not say. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

async function answer({ path, output, bnEps, identity, shapes = {} }: Request): Promise<object> {
  const begun = performance.now();
  const given = {
    ...(bnEps === undefined ? {} : { bnEps }),
    ...(identity === undefined ? {} : { identity: new Map(Object.entries(identity)) }),
  };
  const options = Object.keys(given).length === 0 ? {} : { given };
  const file = unwrap(openFile(path, {}, { ...options, shapes: new Map(Object.entries(shapes)) }));
  try {
    const { blocks } = inspectReport(file.detection);
    const seconds = (performance.now() - begun) / 1000;
    const report = unwrap(await fuseFile(file, { output, force: true }));
    return { ...report, seconds, blocks };
  } finally {
    file.close();
  }
}

/** `problem` is a sentence for the user, `crash` a mistake of ours. */
function failure(error: unknown): object {
  if (error instanceof ProblemError) return { problem: error.problem.message };
  return { crash: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(JSON.parse(line) as Request).catch(failure);
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

void main();
