import assert from 'node:assert/strict';
import { zipSync } from 'fflate';
import { attempt } from '../../../src/core/result';
import { memorySource } from '../../../src/core/torch/archive/byteSources';
import { openArchive, type Archive } from '../../../src/core/torch/archive/archive';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function open(bytes: Uint8Array): Archive {
  return openArchive(memorySource(bytes, () => undefined));
}

function problem(bytes: Uint8Array, name?: string) {
  const result = attempt(() => {
    const archive = open(bytes);
    return archive.read(name ?? archive.names[0]!, 1000);
  });
  assert.ok(!result.ok, 'the archive was read');
  return result.problem;
}

/** The archive with a number of `size` bytes changed `offset` behind each signature. */
function patched(zip: Uint8Array, signature: number, offset: number, size: 2 | 4, value: number): Uint8Array {
  const bytes = zip.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 <= bytes.length; at++) {
    if (view.getUint32(at, true) !== signature) continue;
    if (size === 2) view.setUint16(at + offset, value, true);
    else view.setUint32(at + offset, value, true);
  }
  return bytes;
}

const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END = 0x06054b50;

const stored = (files: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  zipSync({ ...files }, { level: 0 });

describe('the reader of archives', () => {
  it('gives entries by name without the folder they all lie in, stored and deflated', () => {
    for (const level of [0, 9] as const) {
      const archive = open(zipSync({ 'm/a.txt': text('a'.repeat(500)), 'm/b/c': text('c') }, { level }));
      assert.deepEqual(archive.names, ['a.txt', 'b/c']);
      assert.equal(new TextDecoder().decode(archive.read('a.txt', 500)), 'a'.repeat(500));
      assert.equal(archive.open('b/c').size, 1);
    }
  });

  it('reads only the directory and what is asked for', () => {
    const zip = stored({ 'm/a': new Uint8Array(100_000), 'm/b': text('b') });
    let touched = 0;
    const archive = openArchive(memorySource(zip, (view) => (touched += view.byteLength)));
    // fflate writes no comment, and the end record is looked for in the last 64 KB
    assert.ok(touched <= 2 ** 16 + 200);
    touched = 0;
    archive.open('m/b'.slice(2)).read(0, 1);
    assert.ok(touched <= 100);
  });

  it('reads ZIP64 records', () => {
    const zip = stored({ 'm/a': text('hello') });
    const view = new DataView(zip.buffer);
    const end = zip.length - 22;
    const record = new Uint8Array(56 + 20 + 22);
    const out = new DataView(record.buffer);
    out.setUint32(0, 0x06064b50, true);
    out.setBigUint64(32, 1n, true);
    out.setBigUint64(40, BigInt(view.getUint32(end + 12, true)), true);
    out.setBigUint64(48, BigInt(view.getUint32(end + 16, true)), true);
    out.setUint32(56, 0x07064b50, true);
    out.setBigUint64(64, BigInt(end), true);
    record.set(zip.subarray(end), 76);
    out.setUint16(76 + 10, 0xffff, true);
    out.setUint32(76 + 16, 0xffffffff, true);
    const archive = open(Uint8Array.from([...zip.subarray(0, end), ...record]));
    assert.equal(new TextDecoder().decode(archive.read('a', 10)), 'hello');
  });

  it('refuses names that lead out of the archive', () => {
    for (const name of ['../x', 'm/../../x', '/etc/x', 'c:\\x', 'a\\b']) {
      assert.equal(problem(stored({ [name]: text('x') })).code, 'unsafe-path', name);
    }
  });

  it('refuses bombs and foreign methods before anything is unpacked', () => {
    const bomb = patched(zipSync({ 'm/a': new Uint8Array(1000) }), CENTRAL, 24, 4, 2 ** 27);
    assert.match(problem(bomb).message, /unpacks to 134217728 bytes|more than can be read/);
    assert.match(attempt(() => open(bomb).open('a')).ok ? '' : problem(bomb).message, /134217728/);
    assert.match(
      problem(patched(stored({ 'm/a': text('a') }), CENTRAL, 10, 2, 12)).message,
      /a method that is not read/,
    );
    assert.match(problem(patched(stored({ 'm/a': text('a') }), CENTRAL, 8, 2, 1)).message, /encrypted/);
    const many = patched(stored({ 'm/a': text('a') }), END, 12, 4, 2 ** 30);
    assert.equal(problem(many).code, 'unsupported');
  });

  it('refuses entries that lie elsewhere than the directory says', () => {
    const zip = stored({ 'm/a': text('a'), 'm/b': text('b') });
    assert.equal(problem(patched(zip, CENTRAL, 42, 4, 5)).code, 'bad-input');
    assert.equal(problem(patched(zip, CENTRAL, 42, 4, 0x7fffffff)).code, 'bad-input');
    assert.equal(problem(patched(zip, LOCAL, 26, 2, 0xffff)).code, 'bad-input');
    assert.equal(problem(patched(zip, CENTRAL, 20, 4, 900)).code, 'bad-input');
    assert.equal(problem(patched(zip, END, 10, 2, 3)).code, 'bad-input');
    assert.equal(problem(patched(zip, END, 16, 4, 0x7fffffff)).code, 'bad-input');
    assert.equal(problem(zip.subarray(0, zip.length - 1)).code, 'bad-input');
    assert.equal(problem(zip, 'c').code, 'bad-input');
  });
});
