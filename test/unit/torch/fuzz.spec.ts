import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { ProblemError } from '../../../src/core/result';
import { openModel } from '../../../src/core/pipeline';
import { cpuTime } from '../../support/cpuTime';
import { FIXTURES, NO_COMPANIONS } from '../../support/models';
import { mutateBytes, mutateJson, mutateText, mutateZip, type UpTo } from '../../support/mutations';

/** Mutated archives: each is read or refused with a sentence, soon, and nothing outside the file is touched. */
const COUNT = Number(process.env.REPLENS_SOAK ?? 1000);
const SEED = Number(process.env.REPLENS_SEED ?? 1);
const SLOWEST_MS = 4000;
/** A loop to no end is stopped at 50,000 calls. */
const SLOWEST_SCRIPT_MS = 15_000;
/** Of all memory of the process: what hundreds of files leave behind is collected now and then. */
const MOST_BYTES = 1.5e9;

interface Kind {
  readonly title: string;
  readonly files: readonly string[];
  readonly slowest: number;
  mutate(source: Uint8Array, upTo: UpTo): Uint8Array;
}

const KINDS: readonly Kind[] = [
  {
    title: 'archives',
    files: ['new.pt2', 'old.pt2', 'pickled.pt2', 'checkpoint.pt', 'module.pt', 'scripted.pt', 'steps.pt'],
    slowest: SLOWEST_MS,
    mutate: mutateBytes,
  },
  {
    title: 'directories and headers of archives',
    files: ['new.pt2', 'deflated.pt2', 'old.pt2', 'scripted.pt'],
    slowest: SLOWEST_MS,
    mutate: mutateZip,
  },
  {
    title: 'programs',
    files: ['new.pt2', 'anysize.pt2', 'opaque.pt2', 'strided.pt2'],
    slowest: SLOWEST_MS,
    mutate: inside(/\.json$/, () => mutateJson),
  },
  {
    // the archive around them is whole
    title: 'scripts and their pickles',
    files: ['scripted.pt', 'steps.pt', 'frozen.pt', 'head.pt'],
    slowest: SLOWEST_SCRIPT_MS,
    mutate: inside(/\.(py|pkl)$/, (name) => (name.endsWith('.py') ? mutateText : mutateBytes)),
  },
  {
    title: 'pickles of weights',
    files: ['checkpoint.pt', 'module.pt'],
    slowest: SLOWEST_MS,
    mutate: inside(/data\.pkl$/, () => mutateBytes),
  },
];

for (const { title, files, slowest, mutate } of KINDS) {
  describe(`${COUNT} mutated ${title} from seed ${SEED}`, () => {
    it('are read or refused with one sentence', () => {
      const sources = files.map(
        (name) => new Uint8Array(readFileSync(join(FIXTURES, 'torch', 'files', name))),
      );
      const random = xoroshiro128plus(SEED);
      const upTo: UpTo = (most) => uniformInt(random, 0, most);
      const seen = { refused: 0, slowest: 0, memory: 0 };
      for (let round = 0; round < COUNT; round++) {
        const bytes = mutate(sources[round % sources.length]!, upTo);
        const { value: read, milliseconds: took } = cpuTime(() => readAll(bytes, round));
        if (!read) seen.refused++;
        assert.ok(took < slowest, `round ${round} of seed ${SEED} took ${took} ms`);
        seen.slowest = Math.max(seen.slowest, took);
        if (round % 100 === 0) seen.memory = Math.max(seen.memory, process.memoryUsage.rss());
      }
      assert.ok(seen.refused > COUNT / 5, `${seen.refused} of ${COUNT} refused`);
      assert.ok(seen.memory < MOST_BYTES, `${seen.memory} bytes`);
      if (process.env.REPLENS_SOAK !== undefined) {
        const { refused, memory } = seen;
        console.log(
          `${refused} of ${COUNT} refused, slowest ${Math.round(seen.slowest)} ms, memory ${Math.round(memory / 2 ** 20)} MB`,
        );
      }
    });
  });
}

/** A mutation of one entry of an archive. */
function inside(
  names: RegExp,
  mutationOf: (name: string) => (source: Uint8Array, upTo: UpTo) => Uint8Array,
): Kind['mutate'] {
  const unpacked = new Map<Uint8Array, Readonly<Record<string, Uint8Array>>>();
  return (source, upTo) => {
    const known = unpacked.get(source) ?? unzipSync(source);
    unpacked.set(source, known);
    const entries: Record<string, Uint8Array> = { ...known };
    const fitting = Object.keys(entries).filter((name) => names.test(name));
    const name = fitting[upTo(fitting.length - 1)]!;
    entries[name] = mutationOf(name)(entries[name]!, upTo);
    return zipSync(entries, { level: 0 });
  };
}

/** Whether the file is a model; looks for its blocks and reads its weights, too. */
function readAll(bytes: Uint8Array, round: number): boolean {
  const touch = (view: Uint8Array): void => assert.equal(view.buffer, bytes.buffer);
  try {
    const result = openModel({ fileName: 'x.pt2', bytes, companions: NO_COMPANIONS, touch });
    if (!result.ok) {
      assert.match(result.problem.message, /^x\.pt2: .*\.$/s);
      assert.ok(result.problem.message.length < 600);
      return false;
    }
    for (const tensor of result.value.analysis.model.graph.initializers.values()) tensor.bytes();
    return true;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw new Error(`round ${round} of seed ${SEED}`, { cause: error });
  }
}
