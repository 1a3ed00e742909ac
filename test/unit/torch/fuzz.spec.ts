import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { ProblemError } from '../../../src/core/result';
import { decodeModel } from '../../../src/core/pipeline';
import { FIXTURES, NO_COMPANIONS } from '../../support/models';

/** Mutated archives: each is read or refused with a sentence, soon, and nothing outside the file is touched. */
const COUNT = Number(process.env.REPLENS_SOAK ?? 1000);
const SEED = Number(process.env.REPLENS_SEED ?? 1);
const SLOWEST_MS = 2000;
/** A loop to no end is stopped at 50,000 calls. */
const SLOWEST_SCRIPT_MS = 15_000;

const FILES = ['new.pt2', 'old.pt2', 'pickled.pt2', 'checkpoint.pt', 'module.pt', 'scripted.pt', 'steps.pt'];
/** Archives whose code and pickles are mutated inside, so that the zip around them is whole. */
const SCRIPTS = ['scripted.pt', 'steps.pt', 'frozen.pt'];

describe(`${COUNT} mutated archives from seed ${SEED}`, () => {
  it('are read or refused with one sentence', () => {
    const sources = FILES.map((name) => new Uint8Array(readFileSync(join(FIXTURES, 'torch', 'files', name))));
    const random = xoroshiro128plus(SEED);
    const upTo = (most: number): number => uniformInt(random, 0, most);
    let refused = 0;
    for (let round = 0; round < COUNT; round++) {
      const bytes = mutate(sources[round % sources.length]!, upTo);
      const touch = (view: Uint8Array): void => assert.equal(view.buffer, bytes.buffer);
      const start = performance.now();
      if (!readAll(bytes, touch, round)) refused++;
      assert.ok(performance.now() - start < SLOWEST_MS, `round ${round} of seed ${SEED} is slow`);
    }
    assert.ok(refused > COUNT / 4, `${refused} of ${COUNT} refused`);
  });
});

describe(`${COUNT} mutated scripts from seed ${SEED}`, () => {
  it('are followed or refused with one sentence', () => {
    const sources = SCRIPTS.map((name) => unzipSync(readFileSync(join(FIXTURES, 'torch', 'files', name))));
    const random = xoroshiro128plus(SEED);
    const upTo = (most: number): number => uniformInt(random, 0, most);
    let refused = 0;
    for (let round = 0; round < COUNT; round++) {
      const entries: Record<string, Uint8Array> = { ...sources[round % sources.length]! };
      const names = Object.keys(entries).filter((name) => /\.(py|pkl)$/.test(name));
      const name = names[upTo(names.length - 1)]!;
      entries[name] = name.endsWith('.py') ? mutateText(entries[name]!, upTo) : mutate(entries[name]!, upTo);
      const start = performance.now();
      if (!readAll(zipSync(entries, { level: 0 }), () => undefined, round)) refused++;
      assert.ok(performance.now() - start < SLOWEST_SCRIPT_MS, `round ${round} of seed ${SEED} is slow`);
    }
    assert.ok(refused > COUNT / 4, `${refused} of ${COUNT} refused`);
  });
});

/** Words and signs of the code exchanged, doubled or left out: mostly still code. */
function mutateText(source: Uint8Array, upTo: (most: number) => number): Uint8Array {
  const words = new TextDecoder().decode(source).split(/\b/);
  for (let count = upTo(3); count >= 0; count--) {
    const place = upTo(words.length - 1);
    const kind = upTo(3);
    if (kind === 0) words[place] = words[upTo(words.length - 1)]!;
    else if (kind === 1) words.splice(place, 1);
    else if (kind === 2) words.splice(place, 0, words[upTo(words.length - 1)]!);
    else words[place] = WORDS[upTo(WORDS.length - 1)]!;
  }
  return new TextEncoder().encode(words.join(''));
}

const WORDS = [
  '',
  '0',
  '-1',
  '99999999',
  'self',
  'None',
  'True',
  'range',
  'while',
  'forward',
  'torch',
  'CONSTANTS',
  '[',
  '(',
  '\n',
];

/** Whether the file is a model; reads its weights, too. */
function readAll(bytes: Uint8Array, touch: (view: Uint8Array) => void, round: number): boolean {
  try {
    const result = decodeModel(bytes, { fileName: 'x.pt2', companions: NO_COMPANIONS, touch });
    if (!result.ok) {
      assert.match(result.problem.message, /^x\.pt2: .*\.$/s);
      assert.ok(result.problem.message.length < 600);
      return false;
    }
    for (const tensor of result.value.graph.initializers.values()) tensor.bytes();
    return true;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw new Error(`round ${round} of seed ${SEED}`, { cause: error });
  }
}

/** Bytes changed, cut, doubled; half of the time within the last fifth, where the directory and the JSON's end lie. */
function mutate(source: Uint8Array, upTo: (most: number) => number): Uint8Array {
  const bytes = source.slice();
  const place = (): number =>
    upTo(1) === 0 ? upTo(bytes.length - 1) : bytes.length - 1 - upTo(Math.floor(bytes.length / 5));
  const kind = upTo(9);
  if (kind === 0) return bytes.subarray(0, place()).slice();
  if (kind === 1) return Uint8Array.from([...bytes.subarray(0, place()), ...bytes.subarray(place())]);
  for (let count = upTo(kind === 2 ? 200 : 8); count >= 0; count--) {
    bytes[place()] = kind < 6 ? upTo(255) : (INTERESTING[upTo(INTERESTING.length - 1)] as number);
  }
  return bytes;
}

/** Digits, brackets and quotes of JSON, pickle opcodes, and the ends of ranges. */
const INTERESTING = [...'0129-[]{}",.ctRQ)('].map((char) => char.charCodeAt(0)).concat(0, 0x7f, 0x80, 0xff);
