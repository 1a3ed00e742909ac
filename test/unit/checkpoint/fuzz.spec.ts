import assert from 'node:assert/strict';
import { unzipSync, zipSync } from 'fflate';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { inspectReport } from '../../../src/core/view/inspectReport';
import { ProblemError } from '../../../src/core/result';
import { checkpointBytes, fuseCheckpoint, openCheckpoint } from '../../support/checkpoints';
import { cpuTime } from '../../support/cpuTime';

/** Mutated checkpoints: each is read, fused and read again, or refused with a sentence, soon. */
const COUNT = Number(process.env.REPLENS_SOAK ?? 1000);
const SEED = Number(process.env.REPLENS_SEED ?? 1);
const SLOWEST_MS = 4000;

type Draw = (most: number) => number;

const SAFETENSORS = ['odd', 'repvgg', 'dbb', 'timm_repvit', 'unireplknet', 'yolov6_qa', 'float64'];
const ARCHIVES = ['training.pth', 'tied.pth', 'wrapped.pt', 'parameters.pth', 'protocol4.pth', 'half.pth'];

describe(`${COUNT} mutated checkpoints from seed ${SEED}`, () => {
  const draw = (): Draw => {
    const random = xoroshiro128plus(SEED);
    return (most) => uniformInt(random, 0, most);
  };

  it('safetensors: header and bytes', () => {
    const sources = SAFETENSORS.map((name) => checkpointBytes(`${name}.safetensors`));
    rounds(draw(), (round, upTo) => {
      const source = sources[round % sources.length]!;
      return upTo(3) === 0 ? mutated(source, upTo) : withHeader(source, upTo);
    });
  });

  it('files of torch.save: the archive, and the pickle in a whole one', () => {
    const sources = ARCHIVES.map(checkpointBytes);
    rounds(draw(), (round, upTo) => {
      const source = sources[round % sources.length]!;
      return upTo(3) === 0 ? mutated(source, upTo) : withPickle(source, upTo);
    });
  });
});

function rounds(upTo: Draw, make: (round: number, upTo: Draw) => Uint8Array): void {
  let refused = 0;
  for (let round = 0; round < COUNT; round++) {
    const bytes = make(round, upTo);
    const { value: read, milliseconds } = cpuTime(() => goesThrough(bytes, round));
    if (!read) refused++;
    assert.ok(milliseconds < SLOWEST_MS, `round ${round} of seed ${SEED} is slow`);
  }
  assert.ok(refused > COUNT / 8 && refused < COUNT, `${refused} of ${COUNT} refused`);
}

/** Whether the file is a checkpoint that can be fused; what was written must be one that can be read. */
function goesThrough(bytes: Uint8Array, round: number): boolean {
  let written: Uint8Array;
  try {
    const detection = openCheckpoint(bytes);
    inspectReport(detection);
    written = fuseCheckpoint(detection).bytes;
  } catch (error) {
    assert.ok(
      error instanceof ProblemError,
      `round ${round} of seed ${SEED}: ${String((error as Error).stack)}`,
    );
    assert.match(error.problem.message, /^[^\n]+\.$/, `round ${round} of seed ${SEED}`);
    return false;
  }
  openCheckpoint(written);
  return true;
}

/** Bytes changed, moved, left out or put in, one to four times. */
function mutated(source: Uint8Array, upTo: Draw): Uint8Array {
  const bytes = [...source];
  for (let count = upTo(3); count >= 0; count--) {
    const place = upTo(Math.max(0, bytes.length - 1));
    const kind = upTo(3);
    if (kind === 0) bytes[place] = upTo(255);
    else if (kind === 1) bytes.splice(place, 1 + upTo(8));
    else if (kind === 2) bytes.splice(place, 0, ...Array.from({ length: 1 + upTo(4) }, () => upTo(255)));
    else bytes[place] = (bytes[place] ?? 0) ^ (1 << upTo(7));
  }
  return Uint8Array.from(bytes);
}

const WORDS = [
  '0',
  '-1',
  '9007199254740991',
  '1e3',
  '"F32"',
  '"F8_E4M3"',
  '[]',
  '{}',
  'null',
  '__proto__',
  '\\u0000',
];

/** Words and signs of the header exchanged, with its length made right again. */
function withHeader(source: Uint8Array, upTo: Draw): Uint8Array {
  const length = Number(new DataView(source.buffer, source.byteOffset).getBigUint64(0, true));
  const parts = new TextDecoder().decode(source.subarray(8, 8 + length)).split(/\b/);
  for (let count = upTo(2); count >= 0; count--) {
    const place = upTo(parts.length - 1);
    const kind = upTo(2);
    if (kind === 0) parts[place] = parts[upTo(parts.length - 1)]!;
    else if (kind === 1) parts[place] = WORDS[upTo(WORDS.length - 1)]!;
    else parts.splice(place, 1);
  }
  const header = Buffer.from(parts.join(''));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(header.length));
  return new Uint8Array(Buffer.concat([head, header, source.subarray(8 + length)]));
}

function withPickle(source: Uint8Array, upTo: Draw): Uint8Array {
  const entries: Record<string, Uint8Array> = { ...unzipSync(source) };
  const name = Object.keys(entries).find((one) => one.endsWith('data.pkl'))!;
  entries[name] = mutated(entries[name]!, upTo);
  return zipSync(entries, { level: 0 });
}
