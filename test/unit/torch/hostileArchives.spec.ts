import assert from 'node:assert/strict';
import { zipSync } from 'fflate';
import { archiveOf } from '../../support/exportedPrograms';
import { refusalOf, verdictOf } from '../../support/refusals';

/** ZIP archives that were made to harm: refused in one sentence, soon and in little memory. */

const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END = 0x06054b50;

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const zip = (files: Readonly<Record<string, Uint8Array>>, level: 0 | 9 = 0): Uint8Array =>
  zipSync({ ...files }, { level });

/** Where records of a kind begin. */
function placesOf(bytes: Uint8Array, signature: number): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at++) if (view.getUint32(at, true) === signature) places.push(at);
  return places;
}

/** A copy with other numbers in the records of a kind. */
function patched(
  source: Uint8Array,
  signature: number,
  change: (view: DataView, at: number, place: number) => void,
): Uint8Array {
  const bytes = source.slice();
  const view = new DataView(bytes.buffer);
  placesOf(bytes, signature).forEach((at, place) => change(view, at, place));
  return bytes;
}

/** ZIP64 records put in front of the end: what they say of the directory. */
function withZip64(
  source: Uint8Array,
  count: bigint,
  length: bigint,
  at: bigint,
  record?: bigint,
): Uint8Array {
  const end = source.length - 22;
  const more = new Uint8Array(56 + 20);
  const out = new DataView(more.buffer);
  out.setUint32(0, 0x06064b50, true);
  out.setBigUint64(32, count, true);
  out.setBigUint64(40, length, true);
  out.setBigUint64(48, at, true);
  out.setUint32(56, 0x07064b50, true);
  out.setBigUint64(64, record ?? BigInt(end), true);
  return Uint8Array.from([...source.subarray(0, end), ...more, ...source.subarray(end)]);
}

const pair = zip({ 'm/a': text('aaaa'), 'm/b': text('bbbb') });

describe('hostile archives', () => {
  it('two entries of one name', () => {
    const renamed = patched(
      patched(pair, CENTRAL, (view, at) => view.setUint8(at + 48, 0x61)),
      LOCAL,
      (view, at) => view.setUint8(at + 32, 0x61),
    );
    assert.match(refusalOf(renamed).message, /holds "m\/a" twice/);
  });

  it('names that lead out', () => {
    for (const name of ['../x', 'm/../../x', '/etc/passwd', 'c:/x', 'C:\\x', 'm\\..\\x', 'm/\0', '..'])
      assert.equal(refusalOf(zip({ [name]: text('x') })).code, 'unsafe-path', name);
  });

  it('entries that share bytes, and one that reaches into the directory', () => {
    const first = placesOf(pair, LOCAL)[0]!;
    const shared = patched(pair, CENTRAL, (view, at) => view.setUint32(at + 42, first, true));
    assert.match(refusalOf(shared).message, /lies over/);
    const long = patched(pair, CENTRAL, (view, at, place) =>
      view.setUint32(at + 20, place === 0 ? 60 : 4, true),
    );
    assert.match(refusalOf(long).message, /"m\/a" lies over "m\/b"/);
    const last = patched(pair, CENTRAL, (view, at, place) =>
      view.setUint32(at + 20, place === 1 ? 60 : 4, true),
    );
    assert.match(refusalOf(last).message, /"m\/b" lies over its directory/);
  });

  it('entries that are another where they lie', () => {
    const program = archiveOf('{"schema_version":{"major":99}}');
    assert.match(refusalOf(program).message, /schema version is 99/);
    const other = patched(program, LOCAL, (view, at) => view.setUint8(at + 31, 0x58));
    assert.match(refusalOf(other).message, /is another one where it lies/);
    const packed = patched(program, LOCAL, (view, at) => view.setUint16(at + 8, 8, true));
    assert.match(refusalOf(packed).message, /is another one where it lies/);
  });

  it('bombs: one entry, many entries, and sizes that are lies', () => {
    const packed = zip({ 'm/models/m.json': new Uint8Array(2 ** 20) }, 9);
    const huge = patched(packed, CENTRAL, (view, at) => view.setUint32(at + 24, 2 ** 28 - 1, true));
    assert.match(refusalOf(huge).message, /unpacks to 268435455 bytes/);
    const short = patched(packed, CENTRAL, (view, at) => view.setUint32(at + 24, 10, true));
    assert.match(refusalOf(short).message, /cannot be unpacked|is too short|is no JSON/);
    const names = Array.from({ length: 20 }, (_, place) => [`m/${place}`, new Uint8Array(4000)] as const);
    const many = patched(zip(Object.fromEntries(names), 9), CENTRAL, (view, at) =>
      view.setUint32(at + 24, 2 ** 28, true),
    );
    assert.match(refusalOf(many).message, /The archive unpacks to 5368709120 bytes/);
    const two = patched(pair, CENTRAL, (view, at) => view.setUint32(at + 24, 2 ** 30, true));
    refusalOf(two);
  });

  it('a million entries, and a directory of them', () => {
    assert.match(refusalOf(withZip64(pair, 1_000_000n, 46_000_000n, 0n)).message, /lists 1000000 entries/);
    const full = Object.fromEntries(
      Array.from({ length: 60_000 }, (_, place) => [`m/${place}`, new Uint8Array(0)]),
    );
    assert.match(refusalOf(zip(full)).message, /none that PyTorch wrote/);
  });

  it('ZIP64 records that lie', () => {
    const length = BigInt(placesOf(pair, END)[0]! - placesOf(pair, CENTRAL)[0]!);
    const at = BigInt(placesOf(pair, CENTRAL)[0]!);
    assert.match(refusalOf(withZip64(pair, 2n, length, at)).message, /none that PyTorch wrote/);
    const lies: readonly (readonly [bigint, bigint, bigint, bigint?])[] = [
      [2n, length, 2n ** 62n],
      [2n, length, 2n ** 52n],
      [2n ** 63n, length, at],
      [2n, 2n ** 60n, at],
      [2n, length, at, 2n ** 52n],
      [2n, length, at, 0n],
      [3n, length, at],
      [2n, length + 60n, at],
    ];
    for (const lie of lies) refusalOf(withZip64(pair, ...lie));
    const wide = patched(pair, CENTRAL, (view, place) => view.setUint32(place + 24, 0xffffffff, true));
    refusalOf(wide);
  });

  it('flags: a password is refused, sizes behind the bytes are taken from the directory', () => {
    const program = archiveOf('{"schema_version":{"major":99}}');
    const locked = patched(program, CENTRAL, (view, at) => view.setUint16(at + 8, 1, true));
    assert.match(refusalOf(locked).message, /encrypted/);
    const behind = patched(
      patched(program, LOCAL, (view, at) => {
        view.setUint16(at + 6, 8, true);
        view.setUint32(at + 18, 0, true);
        view.setUint32(at + 22, 0, true);
      }),
      CENTRAL,
      (view, at) => view.setUint16(at + 8, 8, true),
    );
    assert.match(refusalOf(behind).message, /schema version is 99/);
  });

  it('comments that look like an end', () => {
    const end = pair.subarray(pair.length - 22);
    const commented = Uint8Array.from([...pair, ...end, ...new Uint8Array(100)]);
    new DataView(commented.buffer).setUint16(pair.length - 2, 122, true);
    verdictOf(commented);
    const nothing = Uint8Array.from([...pair, ...new Uint8Array(70_000)]);
    assert.match(refusalOf(nothing).message, /the end of its directory is missing/);
    // an end in every place, each with a comment that is too long
    const ends = new Uint8Array(60_000);
    for (let at = 0; at + 22 <= ends.length; at += 4) ends.set([0x50, 0x4b, 5, 6], at);
    refusalOf(Uint8Array.from([0x50, 0x4b, 3, 4, ...ends]));
  });
});
