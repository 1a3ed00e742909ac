import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { writeDbbBlock } from './dbbBlock';
import { writeRepVggB3 } from './repvggB3';

/**
 * `npm run bench [-- MODEL]`: reading, copying, inspecting and fusing one file, in turns within one run, so that the
 * comparison holds while the machine's speed drifts. Without MODEL: a network of the shape of RepVGG-B3, 490 MB. Then a DBB
 * block of 512 channels, whose composition is all arithmetic.
 */
const ROUNDS = Number(process.env['REPLENS_BENCH_ROUNDS'] ?? 5);

interface Sample {
  readonly seconds: number;
  /** Peak memory of the process, in bytes; null where it was not a process of its own. */
  readonly peak: number | null;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'replens-bench-'));
  try {
    const given = process.argv[2];
    const model = given ?? join(folder, 'repvgg-b3.onnx');
    if (given === undefined) await writeRepVggB3(model);
    measure(model, folder);
    const block = join(folder, 'dbb512.onnx');
    await writeDbbBlock(block);
    measureBlock(block, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measure(model: string, folder: string): void {
  const size = statSync(model).size;
  const fused = join(folder, 'fused.onnx');
  const tasks: readonly (readonly [string, () => Sample])[] = [
    ['read', () => timed(() => readFileSync(model))],
    ['copy + fsync', () => timed(() => copyWithFsync(model, join(folder, 'copy.onnx')))],
    ['inspect', () => replens(folder, 'inspect', model, '--json')],
    ['fuse', () => replens(folder, 'fuse', model, '-o', fused, '--force', '--json')],
  ];
  const samples = new Map<string, Sample[]>(tasks.map(([name]) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, run] of tasks) {
      const sample = run();
      // the first round warms the page cache and is not counted
      if (round > 0) samples.get(name)?.push(sample);
    }
  }
  report(size, samples);
}

/** What merging the one block of a model takes: the fusion's time less that of reading and looking. */
function measureBlock(model: string, folder: string): void {
  const fused = join(folder, 'block.fused.onnx');
  const rounds = Array.from({ length: ROUNDS }, () => {
    const look = replens(folder, 'inspect', model, '--json').seconds;
    return replens(folder, 'fuse', model, '-o', fused, '--force', '--json').seconds - look;
  });
  console.log(`1×1 → 3×3 of 512 channels ${median(rounds).toFixed(2)} s   (aim < 1 s)`);
}

function report(size: number, samples: ReadonlyMap<string, readonly Sample[]>): void {
  const seconds = (name: string): number => median((samples.get(name) ?? []).map((sample) => sample.seconds));
  console.log(`\n${(size / 1e6).toFixed(0)} MB, median of ${ROUNDS} rounds\n`);
  console.log('task            seconds   min    max    peak memory / file');
  for (const [name, list] of samples) {
    const times = list.map((sample) => sample.seconds);
    const peaks = list.flatMap((sample) => sample.peak ?? []);
    const peak = peaks.length === 0 ? '' : `${(Math.max(...peaks) / size).toFixed(2)} ×`;
    const row = [median(times), Math.min(...times), Math.max(...times)]
      .map((value) => value.toFixed(2).padStart(7))
      .join('');
    console.log(`${name.padEnd(14)}${row}    ${peak}`);
  }
  console.log(`\ninspect − read  ${(seconds('inspect') - seconds('read')).toFixed(2)} s   (aim ≤ 0.15 s)`);
  console.log(`fuse / copy     ${(seconds('fuse') / seconds('copy + fsync')).toFixed(2)} ×   (aim ≤ 2 ×)`);
}

function timed(run: () => unknown): Sample {
  const start = performance.now();
  run();
  return { seconds: (performance.now() - start) / 1000, peak: null };
}

/** A plain copy that is really on the disk when it ends. */
function copyWithFsync(from: string, to: string): void {
  const buffer = new Uint8Array(2 ** 22);
  const source = openSync(from, 'r');
  const target = openSync(to, 'w');
  for (let read = readSync(source, buffer); read > 0; read = readSync(source, buffer))
    writeSync(target, buffer, 0, read);
  fsyncSync(target);
  closeSync(target);
  closeSync(source);
}

function replens(folder: string, ...args: readonly string[]): Sample {
  const peakFile = join(folder, 'peak');
  const start = performance.now();
  const preload = join(process.cwd(), 'bench', 'reportPeak.mjs');
  const child = spawnSync(process.execPath, ['--import', preload, join('dist', 'cli.js'), ...args], {
    env: { ...process.env, REPLENS_BENCH_PEAK: peakFile },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const seconds = (performance.now() - start) / 1000;
  if (child.status !== 0) throw new Error(`replens ${args.join(' ')} ended with code ${child.status}`);
  return { seconds, peak: existsSync(peakFile) ? Number(readFileSync(peakFile, 'utf8')) : null };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

void main();
