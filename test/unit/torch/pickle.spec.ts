import assert from 'node:assert/strict';
import { zipSync } from 'fflate';
import { attempt, type Problem } from '../../../src/core/result';
import { memorySource } from '../../../src/core/torch/archive/byteSources';
import { openArchive } from '../../../src/core/torch/archive/archive';
import { pickledTensors, readTorchPickle } from '../../../src/core/torch/pickle/torchPickle';
import type { PickleValue } from '../../../src/core/torch/pickle/values';
import { readElements } from '../../../src/core/tensor/convert';
import { globalOf, pickle, PROTO, STOP, textOf, type Part } from '../../support/pickles';

function archiveOf(data: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}) {
  const files: Record<string, Uint8Array> = { 'm/data.pkl': data };
  for (const [key, bytes] of Object.entries(storages)) files[`m/data/${key}`] = bytes;
  const zip = zipSync(files, { level: 0 });
  return memorySource(zip, () => undefined);
}

function read(...parts: readonly Part[]): PickleValue {
  return readTorchPickle(openArchive(archiveOf(pickle(PROTO, ...parts))));
}

function refusal(...parts: readonly Part[]): Problem {
  const result = attempt(() => read(...parts));
  assert.ok(!result.ok, 'the pickle was read');
  return result.problem;
}

const storage = (type: string, key: string): Uint8Array =>
  pickle('(', textOf('storage'), globalOf('torch', type), textOf(key), textOf('cpu'), 'K', 4, 't', 'Q');

/** `_rebuild_tensor_v2(storage, offset, size, stride, False, OrderedDict())`. */
const tensor = (
  of: Uint8Array,
  offset: number,
  size: readonly number[],
  stride: readonly number[],
): Uint8Array =>
  pickle(
    globalOf('torch._utils', '_rebuild_tensor_v2'),
    '(',
    of,
    ['K'.charCodeAt(0), offset],
    '(',
    size.flatMap((dim) => ['K'.charCodeAt(0), dim]),
    't(',
    stride.flatMap((step) => ['K'.charCodeAt(0), step]),
    't',
    [0x89],
    globalOf('collections', 'OrderedDict'),
    ')R',
    'tR',
  );

const stateDict = (name: string, value: Uint8Array): Uint8Array =>
  pickle(PROTO, '}', textOf(name), value, 's', STOP);

describe('the reader of pickles', () => {
  it('reads plain values; dicts are Maps, whatever their keys are called', () => {
    const value = read('}', textOf('__proto__'), 'K', 7, 's', textOf('constructor'), ']K', 1, 'a', 's', STOP);
    assert.deepEqual(value, {
      kind: 'dict',
      entries: new Map<string, unknown>([
        ['__proto__', 7],
        ['constructor', { kind: 'list', items: [1] }],
      ]),
    });
    assert.equal(({} as Record<string, unknown>)['7'], undefined);
  });

  it('reads seeds of 64 bits without a sign and states of 128, as the nearest number', () => {
    const seed = pickle([0x8a, 9], new Uint8Array(8).fill(255), [0]);
    const state = pickle([0x8a, 16], new Uint8Array(15), [0x80]);
    assert.deepEqual([read(seed, STOP), read(state, STOP)], [2 ** 64, -(2 ** 127)]);
  });

  it('reads numbers of every length, negative ones included', () => {
    const long = pickle([0x8a, 2, 0x00, 0xff]);
    assert.deepEqual(
      read(
        '(',
        long,
        'J',
        [0xfe, 255, 255, 255],
        'M',
        [1, 2],
        'G',
        [0x3f, 0xf8, 0, 0, 0, 0, 0, 0],
        't',
        STOP,
      ),
      {
        kind: 'tuple',
        items: [-256, -2, 513, 1.5],
      },
    );
  });

  it('reads the tensors of a state dict over their storages, strided ones in order', () => {
    const floats = new Uint8Array(Float32Array.from([1, 2, 3, 4]).buffer);
    const source = archiveOf(stateDict('w', tensor(storage('FloatStorage', '0'), 0, [2, 2], [1, 2])), {
      0: floats,
    });
    const w = pickledTensors(source, 'state').get('w')!;
    assert.deepEqual(w.dims, [2, 2]);
    assert.deepEqual([...readElements('float32', w.bytes(), 0, 4)], [1, 3, 2, 4]);
  });

  it('refuses a tensor that reaches beyond its storage, and a storage that is not there', () => {
    const floats = new Uint8Array(16);
    const long = archiveOf(stateDict('w', tensor(storage('FloatStorage', '0'), 1, [2, 2], [2, 1])), {
      0: floats,
    });
    const lost = archiveOf(stateDict('w', tensor(storage('FloatStorage', '../x'), 0, [1], [1])));
    const problems = [long, lost].map((source) => attempt(() => pickledTensors(source, 'state')));
    assert.match(
      problems[0]!.ok ? '' : problems[0]!.problem.message,
      /needs 20 bytes, and the archive holds 16/,
    );
    assert.match(problems[1]!.ok ? '' : problems[1]!.problem.message, /lacks "data\/\.\.\/x"/);
  });
});

describe('malicious pickles', () => {
  const CALLS: readonly (readonly [string, string])[] = [
    ['os', 'system'],
    ['posix', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'getattr'],
    ['subprocess', 'Popen'],
    ['torch', 'load'],
    ['torch', 'constructor'],
    ['torch.FloatStorage', '__class__'],
    ['collections', 'OrderedDict.__class__'],
  ];
  for (const [module, name] of CALLS) {
    it(`${module}.${name} is refused by its name`, () => {
      const called = refusal(globalOf(module, name), '(', textOf('echo owned'), 'tR', STOP);
      assert.equal(called.code, 'unsupported');
      assert.ok(called.message.includes(`"${module}.${name}"`), called.message);
      const stacked = refusal(textOf(module), textOf(name), [0x93], STOP);
      assert.ok(stacked.message.includes(`"${module}.${name}"`), stacked.message);
    });
  }

  it('a call inside the arguments of an allowed one is refused', () => {
    const inner = pickle(globalOf('os', 'system'), '(', textOf('echo'), 'tR');
    const nested = refusal(globalOf('torch._utils', '_rebuild_parameter'), '(', inner, 'tR', STOP);
    assert.match(nested.message, /"os\.system"/);
  });

  it('allowed names are called only for what they are', () => {
    assert.match(
      refusal(globalOf('torch', 'FloatStorage'), ')R', STOP).message,
      /calls "torch\.FloatStorage"/,
    );
    assert.match(refusal(globalOf('collections', 'OrderedDict'), '(K', 1, 'tR', STOP).message, /unusual way/);
    assert.match(
      refusal(globalOf('torch._utils', '_rebuild_tensor_v2'), '(K', 1, 'tR', STOP).message,
      /is none/,
    );
    const itself = globalOf('torch._tensor', '_rebuild_from_type_v2');
    assert.match(refusal(itself, '(', itself, itself, '(ttR', STOP).message, /unusual way/);
  });

  it('objects are not made, nor their state set', () => {
    for (const opcode of ['i__main__\nNet\n', '\x81', 'o', '\x92', '\x82\x01']) {
      assert.match(refusal('(', opcode, STOP).message, /opcode 0x/);
    }
    assert.match(refusal(')K', 1, 'b', STOP).message, /inner state/);
  });

  it('bombs end at a limit: marks, values, deep nesting, long texts', () => {
    assert.match(refusal('('.repeat(2000), STOP).message, /nested deeper/);
    assert.match(refusal('N'.repeat(2_000_001), STOP).message, /piles up more values/);
    assert.equal(refusal([0x8a, 200], new Uint8Array(199)).code, 'bad-input');
    assert.equal(refusal('B', [255, 255, 255, 255]).code, 'bad-input');
    assert.equal(refusal('X', [255, 255, 255, 127]).code, 'bad-input');
    assert.equal(refusal([0x8e, 255, 255, 255, 255, 255, 255, 255, 255]).code, 'bad-input');
  });

  it('a memo bomb, lists of lists of lists, costs no more than its bytes', () => {
    // each level holds the one before ten times: 10^100 values to whoever would walk it
    const before = (level: number): Uint8Array =>
      pickle(...Array.from({ length: 10 }, () => pickle('h', level)));
    const levels = Array.from({ length: 100 }, (_, level) =>
      pickle(']q', level + 1, '(', before(level), 'e'),
    );
    const value = read(']q', 0, ...levels, STOP);
    assert.equal((value as { readonly kind: string }).kind, 'list');
  });

  it('a million lists in one another are read without recursion', () => {
    const deep = read(']'.repeat(1_000_000), 'a'.repeat(999_999), STOP);
    assert.equal((deep as { readonly kind: string }).kind, 'list');
  });

  it('what takes more than there is, is damaged', () => {
    for (const text of ['0', 'a', 's', 't', 'e', 'u', 'h\x05', 'R', 'NNR', 'b', 'Q', '(.', '2', '\x85']) {
      const bytes = [...text].map((char) => char.charCodeAt(0));
      assert.ok(['bad-input', 'unsupported'].includes(refusal(bytes, STOP).code), text);
    }
  });
});
