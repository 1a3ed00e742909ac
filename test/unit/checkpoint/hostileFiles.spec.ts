import assert from 'node:assert/strict';
import { zipSync } from 'fflate';
import { ProblemError } from '../../../src/core/result';
import { checkpointOf, openCheckpoint } from '../../support/checkpoints';
import { globalOf, pickle, textOf, type Part } from '../../support/pickles';

/** The archive of a dict's pickle, and the bytes of its storage "0". */
function archive(before: readonly Part[], items: readonly Part[]): Uint8Array {
  const parts = [0x80, 2, ...before, '}(', ...items, 'u.'];
  const opcodes = Buffer.concat(parts.map((part) => pickle(part)));
  return zipSync({ 'archive/data.pkl': opcodes, 'archive/data/0': new Uint8Array(16) }, { level: 0 });
}

const each = (count: number, parts: (place: number) => readonly Part[]): readonly Part[] =>
  Array.from({ length: count }, (_, place) => parts(place)).flat();

const FLOATS = globalOf('torch', 'FloatStorage');
const STORAGE = ['(', textOf('storage'), FLOATS, textOf('0'), textOf('cpu'), [0x4b, 4], 'tQ'];
const REBUILD = globalOf('torch._utils', '_rebuild_tensor_v2');
const HOOKS = [globalOf('collections', 'OrderedDict'), ')R'];
const TENSOR = [REBUILD, '(', ...STORAGE, [0x4b, 0, 0x4b, 4, 0x85, 0x4b, 1, 0x85, 0x89], ...HOOKS, 'tR'];
const STATE = ['}', textOf('a'), ...TENSOR, 's'];
const MODEL = [textOf('model'), ...STATE];
const OPTIMIZER = ['}', textOf('param_groups'), 'Ns'];

/** What stands beside the state dict. */
function beside(bytes: Uint8Array): readonly (readonly [string, string])[] {
  return checkpointOf(openCheckpoint(bytes)).others.map(({ path, kind }) => [path, kind]);
}

function isRefusal(sentence: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof ProblemError && sentence.test(error.problem.message);
}

/** Each would take hours, or all of the stack, if it were followed as it reads: that they end is what is tested. */
describe('checkpoints that share their values', () => {
  it('lists of optimizers, each holding the one before twice', () => {
    const lists = each(60, (place) => [']q', place + 1, '(h', place, 'h', place, 'e0']);
    const shared = archive([...OPTIMIZER, 'q', 0, '0', ...lists], [...MODEL, textOf('opt'), 'h', 60]);
    assert.deepEqual(beside(shared), [['opt', 'other']]);
    const plain = archive([], [...MODEL, textOf('opt'), ']', ...OPTIMIZER, 'a']);
    assert.deepEqual(beside(plain), [['opt', 'optimizer']]);
  });

  it('fifty thousand lists in one another, an optimizer in the last', () => {
    const deep = [']'.repeat(50_000), ...OPTIMIZER, 'a'.repeat(50_000)];
    assert.deepEqual(beside(archive([], [...MODEL, textOf('opt'), ...deep])), [['opt', 'other']]);
  });

  it('a history of two hundred thousand numbers, and thousands of names for it', () => {
    const history = [']q', 0, '(', 'K\u0001'.repeat(200_000), 'e0'];
    const names = each(5000, (place) => [textOf(`h${place}`), 'h', 0]);
    const found = beside(archive(history, [...MODEL, ...names]));
    assert.equal(found.length, 5000);
    assert.ok(found.every(([, kind]) => kind === 'other'));
  });

  it('thousands of dicts that hold one large dict each', () => {
    const large = ['}q', 0, '(', ...each(8000, (place) => [textOf(`n${place}`), 'N']), 'u0'];
    const holders = each(8000, (place) => [textOf(`d${place}`), '}', textOf('x'), 'h', 0, 's']);
    assert.equal(beside(archive(large, [...MODEL, ...holders])).length, 8000);
  });

  it('an optimizer alone is called one', () => {
    assert.throws(
      () => openCheckpoint(archive([], [textOf('param_groups'), 'N'])),
      isRefusal(/an optimizer's/),
    );
  });

  it('more state dicts than anybody has, and more tensors than a header has', () => {
    const states = each(1001, (place) => [textOf(`s${place}`), ...STATE]);
    assert.throws(() => openCheckpoint(archive([], states)), isRefusal(/1000 state dicts/));
    const entry = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
    const list = Array.from({ length: 200_001 }, (_, place) => `"t${place}":${entry}`).join();
    const header = new TextEncoder().encode(`{${list}}`);
    const file = new Uint8Array(8 + header.length);
    new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
    file.set(header, 8);
    assert.throws(() => openCheckpoint(file), isRefusal(/more than 200000 tensors/));
  });
});
