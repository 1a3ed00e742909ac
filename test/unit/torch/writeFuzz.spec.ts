import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { joinChunks } from '../../../src/core/onnx/chunks';
import { encodeModel, fuseModel, openModel } from '../../../src/core/pipeline';
import { unwrap } from '../../../src/core/result';
import { detectBytes, FIXTURES, NO_COMPANIONS } from '../../support/models';

/** Programs with other words and numbers in their JSON: what can be read and fused is written and read back, or refused. */
const COUNT = Math.ceil(Number(process.env.REPLENS_SOAK ?? 1000) / 5);
const SEED = Number(process.env.REPLENS_SEED ?? 1);
const FILES = [
  ...['files/new', 'files/old', 'files/pickled', 'programs/parts', 'programs/in_place'],
  ...['programs/signature', 'programs/mixture_open_sizes', 'programs/counting', 'programs/asserted'],
];
const NUMBERS = ['0', '-1', '1', '2', '99999999999', '1.5', '9223372036854775807'];
const TOKENS = /("(?:[^"\\]|\\.)*"|[-\d.e+]+|[[\]{},:])/;

describe(`${COUNT} mutated programs from seed ${SEED}`, () => {
  it('are written and read back, or refused with one sentence', () => {
    const sources = FILES.map((name) => unzipSync(readFileSync(join(FIXTURES, 'torch', `${name}.pt2`))));
    const random = xoroshiro128plus(SEED);
    const upTo = (most: number): number => uniformInt(random, 0, most);
    let written = 0;
    for (let round = 0; round < COUNT; round++) {
      const entries: Record<string, Uint8Array> = { ...sources[round % sources.length]! };
      const names = Object.keys(entries).filter((name) => name.endsWith('json'));
      const name = names[upTo(names.length - 1)]!;
      entries[name] = mutated(entries[name]!, upTo);
      try {
        if (writes(zipSync(entries, { level: 0 }))) written++;
      } catch (error) {
        throw new Error(`round ${round} of seed ${SEED}`, { cause: error });
      }
    }
    assert.ok(written > COUNT / 5 && written < COUNT, `${written} of ${COUNT} written`);
  });
});

function writes(bytes: Uint8Array): boolean {
  const opened = openModel({ fileName: 'x.pt2', bytes, companions: NO_COMPANIONS });
  const fused = opened.ok ? fuseModel(opened.value) : opened;
  const encoded = fused.ok ? encodeModel(fused.value.model, undefined, 'pt2') : fused;
  if (!encoded.ok) {
    assert.match(encoded.problem.message, /\.$/);
    return false;
  }
  const { graph } = detectBytes(joinChunks(encoded.value.main), 'again.pt2').analysis.model;
  assert.equal(graph.outputs.length, unwrap(fused).model.graph.outputs.length);
  return true;
}

/** Up to three words or numbers exchanged for others of their kind, or for numbers that are hard to take. */
function mutated(source: Uint8Array, upTo: (most: number) => number): Uint8Array {
  const tokens = new TextDecoder().decode(source).split(TOKENS);
  const kindOf = (token: string): string =>
    token.startsWith('"') ? 'word' : /\d/.test(token) ? 'number' : token;
  for (let count = upTo(2); count >= 0; count--) {
    const place = upTo(tokens.length - 1);
    const isHard = upTo(2) === 0;
    for (let tries = 0; tries < 50; tries++) {
      const other = upTo(tokens.length - 1);
      if (isHard && kindOf(tokens[other]!) === 'number') tokens[other] = NUMBERS[upTo(NUMBERS.length - 1)]!;
      else if (!isHard && kindOf(tokens[other]!) === kindOf(tokens[place]!)) tokens[place] = tokens[other]!;
      else continue;
      break;
    }
  }
  return new TextEncoder().encode(tokens.join(''));
}
