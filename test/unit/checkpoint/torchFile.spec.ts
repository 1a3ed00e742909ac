import assert from 'node:assert/strict';
import { zipSync } from 'fflate';
import { ProblemError } from '../../../src/core/result';
import { openArchive } from '../../../src/core/torch/archive/archive';
import { memorySource } from '../../../src/core/torch/archive/byteSources';
import { scanPickle } from '../../../src/core/torch/pickle/scanPickle';
import { readPickle } from '../../../src/core/torch/pickle/readPickle';
import { CHECKPOINT_POWERS } from '../../../src/core/checkpoint/torch/checkpointPowers';
import { isKind, type PickleValue } from '../../../src/core/torch/pickle/values';
import type { Checkpoint } from '../../../src/core/checkpoint/checkpoint';
import type { Tensor } from '../../../src/core/tensor/tensor';
import { checkpointBytes, checkpointOf, fuseCheckpoint, openCheckpoint } from '../../support/checkpoints';

const MERGED = ['stage0.rbr_reparam.weight', 'stage0.rbr_reparam.bias', 'fc.weight', 'fc.bias'];

function archiveOf(bytes: Uint8Array) {
  return openArchive(memorySource(bytes, () => undefined));
}

function fused(name: string): {
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
  readonly checkpoint: Checkpoint;
} {
  const { bytes, notes } = fuseCheckpoint(openCheckpoint(name));
  return { bytes, notes, checkpoint: checkpointOf(openCheckpoint(bytes)) };
}

function names(checkpoint: Checkpoint): readonly (readonly [string, readonly string[]])[] {
  return checkpoint.states.map(({ path, entries }) => [path, [...entries.keys()]]);
}

/** What a pickle holds, with its dicts as lists of pairs: their order counts. */
function content(bytes: Uint8Array): PickleValue {
  return readPickle(archiveOf(bytes).read('data.pkl', 2 ** 20), CHECKPOINT_POWERS);
}

function topLevel(bytes: Uint8Array): ReadonlyMap<unknown, PickleValue> {
  const value = content(bytes);
  assert.ok(isKind(value, 'dict'));
  return value.entries;
}

/** A call in the place of a state dict, beside one, within one, and in the arguments and state of what is allowed. */
const MALICIOUS: readonly (readonly [string, string, string])[] = [
  ['a call', '\x80\x02cos\nsystem\n(X\x02\0\0\0lstR.', 'os.system'],
  ['a call beside a state dict', '\x80\x02}X\x01\0\0\0xcposix\nsystem\n(X\x02\0\0\0lstRs.', 'posix.system'],
  [
    'a call within a namespace',
    '\x80\x02cargparse\nNamespace\n)\x81}X\x01\0\0\0acbuiltins\neval\n(X\x01\0\0\x001tRsb.',
    'builtins.eval',
  ],
  [
    'a call in a constructor',
    '\x80\x02ccopy_reg\n_reconstructor\n(cnt\nsystem\nc__builtin__\nobject\nNtR.',
    'nt.system',
  ],
  ['a way to any attribute', '\x80\x02cbuiltins\ngetattr\n.', 'builtins.getattr'],
  ['a module', '\x80\x02ctorch.nn.modules.conv\nConv2d\n)\x81.', 'torch.nn.modules.conv.Conv2d'],
];

describe('fused files of torch.save', () => {
  it('a training checkpoint: weights and their average are merged, the optimizer and a namespace left out with a word', () => {
    const before = openCheckpoint('training.pth');
    assert.deepEqual(
      before.blocks.map(({ modulePath }) => modulePath),
      ['stage0', 'state_dict_ema:stage0'],
    );
    const { checkpoint, notes, bytes } = fused('training.pth');
    assert.deepEqual(names(checkpoint), [
      ['state_dict', MERGED],
      ['state_dict_ema', MERGED],
    ]);
    assert.deepEqual([...topLevel(bytes).keys()], ['epoch', 'lr', 'state_dict', 'state_dict_ema', 'best']);
    assert.equal(notes.length, 2);
    assert.match(
      notes.join(' '),
      /"optimizer" is left out: .*optimizer.* "args" is left out: .*weights_only/,
    );
    // the two are not the same numbers
    const [one, other] = checkpoint.states.map(({ entries }) => entries.get(MERGED[0] ?? '')?.bytes());
    assert.ok(one !== undefined && other !== undefined && Buffer.compare(one, other) !== 0);
  });

  it('keeps numbers as Python wrote them: a float stays a float', () => {
    const pickle = archiveOf(fused('training.pth').bytes).read('data.pkl', 2 ** 20);
    // "lr": 1.0, by opcode: G and eight bytes
    const written = Buffer.from(pickle);
    const at = written.indexOf(Buffer.from('lr'));
    const float = Buffer.from([0x47, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
    assert.ok(written.indexOf(float, at) > at && written.indexOf(float, at) < at + 12);
  });

  it('keeps wrappers of names, and knows the blocks without them', () => {
    assert.deepEqual(
      openCheckpoint('wrapped.pt').blocks.map(({ modulePath }) => modulePath),
      ['stage0'],
    );
    assert.deepEqual(names(fused('wrapped.pt').checkpoint), [
      ['model', MERGED.map((name) => `module.${name}`)],
    ]);
  });

  it('keeps what shares a storage sharing it, strides, types that are not computed with, and tensors used elsewhere', () => {
    const { checkpoint, bytes } = fused('tied.pth');
    const source = checkpointOf(openCheckpoint('tied.pth')).states[0]?.entries;
    const entries = checkpoint.states[0]?.entries;
    assert.ok(entries !== undefined && source !== undefined);
    const kept = ['fc.weight', 'fc.bias', 'other.rbr_dense', 'slice', 'rest', 'turned', 'half', 'flags'];
    assert.deepEqual([...entries.keys()], [...MERGED.slice(0, 2), ...kept]);
    for (const name of kept) {
      const ours: Tensor | undefined = entries.get(name);
      const theirs: Tensor | undefined = source.get(name);
      assert.deepEqual([ours?.dims, ours?.dtype], [theirs?.dims, theirs?.dtype], name);
      assert.deepEqual(ours?.bytes(), theirs?.bytes(), name);
    }
    const stored = (file: Uint8Array): number =>
      archiveOf(file).names.filter((name) => name.startsWith('data/')).length;
    // two weights, two BNs of five (one a counter): one lives on under another name; kernel and bias come
    assert.equal(stored(checkpointBytes('tied.pth')) - stored(bytes), 11 - 2);
    assert.ok([...topLevel(bytes).keys()].includes('complex'));
  });

  it('reads what it wrote again, and changes nothing then', () => {
    const once = fused('tied.pth').bytes;
    const again = fuseCheckpoint(openCheckpoint(once));
    assert.equal(again.plan.steps.length, 0);
    const [first, second] = [once, again.bytes].map((bytes) => archiveOf(bytes).read('data.pkl', 2 ** 20));
    assert.ok(Buffer.from(first ?? []).equals(Buffer.from(second ?? [1])));
  });

  it('parameters, halves and other protocols', () => {
    assert.deepEqual(names(fused('parameters.pth').checkpoint), [['', MERGED]]);
    const half = fused('half.pth').checkpoint.states[0]?.entries;
    assert.deepEqual(
      MERGED.map((name) => half?.get(name)?.dtype),
      ['float16', 'float16', 'float16', 'float16'],
    );
    const { checkpoint, notes } = fused('protocol4.pth');
    assert.deepEqual(names(checkpoint), [['', MERGED]]);
    assert.deepEqual(notes, []);
  });

  for (const name of ['protocol4.pth', 'protocol5.pth']) {
    it(`${name} is written in the protocol that torch.load(weights_only=True) reads`, () => {
      const { bytes } = fused(name);
      const pickle = archiveOf(bytes).read('data.pkl', 2 ** 20);
      const { starts, value } = scanPickle(pickle, CHECKPOINT_POWERS);
      const codes = starts.slice(0, -1).map((at) => pickle[at]);
      assert.deepEqual([pickle[0], pickle[1]], [0x80, 2]);
      // what protocols 3 to 5 added, by pickletools
      const newer = new Set([0x42, 0x43, ...Array.from({ length: 13 }, (_, at) => 0x8c + at)]);
      assert.deepEqual(
        codes.filter((code) => newer.has(code as number)),
        [],
      );
      assert.ok(isKind(value, 'dict') && value.entries.size > 0);
    });
  }

  it('texts and bytes of a newer protocol stay what they are', () => {
    const top = topLevel(fused('protocol5.pth').bytes);
    assert.equal(top.get('note'), 'ä'.repeat(300));
    const pickle = archiveOf(fused('protocol5.pth').bytes).read('data.pkl', 2 ** 20);
    const text = Buffer.from(pickle).toString('latin1');
    // b"\xfa\xfb...\0" as the text of these characters, in UTF-8
    const raw = Buffer.from('\u00fa\u00fb\u00fc\u00fd\u00fe\u00ff\0\0\0\0\0', 'utf8').toString('latin1');
    assert.ok(text.includes(`c_codecs\nencode\nX${String.fromCharCode(raw.length)}\0\0\0${raw}`));
  });

  it('keeps what torch.load(weights_only=True) makes, and leaves out what it refuses', () => {
    const { bytes, notes, checkpoint } = fused('objects.pth');
    assert.deepEqual(names(checkpoint), [['state_dict', MERGED]]);
    const left = notes.map((note) => /^"(\w+)" is left out: it is more than data to Python/.exec(note)?.[1]);
    assert.deepEqual(left, ['metric', 'history', 'default', 'where', 'array']);
    const kept = ['rng', 'seen', 'count', 'type', 'size', 'sparse', 'raw', 'nan'];
    assert.deepEqual([...topLevel(bytes).keys()], ['state_dict', ...kept]);
  });

  for (const [what, pickle, name] of MALICIOUS) {
    it(`${what}: refused by name, and nothing is run`, () => {
      const archive = zipSync({ 'x/data.pkl': Buffer.from(pickle, 'latin1'), 'x/version': Buffer.from('3') });
      assert.throws(
        () => openCheckpoint(archive),
        (error) =>
          error instanceof ProblemError &&
          error.problem.message.includes(`"${name}"`) &&
          /never run here/.test(error.problem.message),
      );
    });
  }

  it('merges only the blocks that are named', () => {
    const { bytes } = fuseCheckpoint(openCheckpoint('training.pth'), new Set(['b1']));
    const [weights, average] = checkpointOf(openCheckpoint(bytes)).states;
    assert.ok(weights?.entries.has('stage0.rbr_dense.conv.weight') === true);
    assert.deepEqual([...(average?.entries.keys() ?? [])], MERGED);
  });

  it('the scan of a pickle holds what the reader reads', () => {
    for (const name of ['wrapped.pt', 'tied.pth', 'protocol4.pth']) {
      const pickle = archiveOf(checkpointBytes(name)).read('data.pkl', 2 ** 20);
      const scan = scanPickle(pickle, CHECKPOINT_POWERS);
      assert.deepEqual(scan.value, readPickle(pickle, CHECKPOINT_POWERS), name);
      assert.equal(scan.starts.at(-1), pickle.length);
    }
  });
});
