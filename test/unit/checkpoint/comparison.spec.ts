import assert from 'node:assert/strict';
import type { GivenAssumptions } from '../../../src/core/checkpoint/assumptions';
import { checkpointSource } from '../../../src/core/checkpoint/checkpointModel';
import { compareEntries } from '../../../src/core/checkpoint/compareEntries';
import type { Detection } from '../../../src/core/detect/detect';
import type { Model } from '../../../src/core/ir/model';
import { decodeSecond } from '../../../src/core/pipeline';
import { ProblemError, raise, unwrap } from '../../../src/core/result';
import { IDENTICAL } from '../../../src/core/verify/match/likeness';
import { linearParts } from '../../../src/core/verify/match/linearParts';
import { matchModels } from '../../../src/core/verify/match/matchModels';
import { sideOf, sideOfDetection } from '../../../src/core/verify/side';
import { checkpointBytes, fuseCheckpoint, openCheckpoint } from '../../support/checkpoints';
import { detectFixture } from '../../support/models';

const companions = { open: () => raise('not-found', 'There is none.') };

function second(original: Detection, bytes: Uint8Array): Model {
  return unwrap(decodeSecond(original, { fileName: 'second', bytes, companions }));
}

/** How each block of the first is found in the second. */
function kinds(original: Detection, fused: Model): readonly string[] {
  const [ours, theirs] = [sideOfDetection(original), sideOf(fused)];
  const match = matchModels(ours, theirs, linearParts(original, ours), (_, __, sinks) => sinks[0] ?? '');
  return match.blocks.map(({ kind }) => kind);
}

function outside(original: Detection, fused: Model): string | null {
  return compareEntries(original.analysis.original, fused, IDENTICAL.tensors)?.message ?? null;
}

/** A safetensors file with more entries, which hold nothing. */
function withEmpty(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const length = Number(Buffer.from(bytes).readBigUInt64LE(0));
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString()) as Record<string, unknown>;
  const end = bytes.length - 8 - length;
  const empty = { dtype: 'F32', shape: [0], data_offsets: [end, end] };
  // before the others, which are named three at a time
  const all = { ...Object.fromEntries(names.map((name) => [name, empty])), ...header };
  const text = Buffer.from(JSON.stringify(all));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, bytes.subarray(8 + length)]);
}

describe('a train checkpoint and its deploy checkpoint', () => {
  it('blocks are paired by their names, whatever wraps or holds them, and however many are merged', () => {
    const train = openCheckpoint('wrapped.pt');
    const plain = fuseCheckpoint(openCheckpoint('parameters.pth')).bytes;
    assert.deepEqual(kinds(train, second(train, plain)), ['replaced']);
    assert.equal(outside(train, second(train, plain)), null);
    const two = openCheckpoint('training.pth');
    const half = fuseCheckpoint(two, new Set(['b0'])).bytes;
    assert.deepEqual(kinds(two, second(two, half)), ['replaced', 'unchanged']);
    assert.deepEqual(kinds(two, second(two, checkpointBytes('training.pth'))), ['unchanged', 'unchanged']);
  });

  it('of every family the deploy form that PyTorch made is found, names that say little included', () => {
    for (const family of ['yolov9', 'ppyoloe', 'repvit_old', 'timm_repvit', 'unireplknet', 'dbb']) {
      const train = openCheckpoint(`${family}.safetensors`);
      const deploy = second(train, checkpointBytes(`${family}.deploy.safetensors`));
      assert.ok(
        kinds(train, deploy).every((kind) => kind === 'replaced'),
        family,
      );
      assert.equal(outside(train, deploy), null, family);
    }
  });

  it('a block that is not there, or has other channels, is missing', () => {
    const train = openCheckpoint('repvgg.safetensors');
    const other = second(train, fuseCheckpoint(openCheckpoint('parameters.pth')).bytes);
    assert.deepEqual(kinds(train, other), ['missing', 'missing', 'missing']);
  });

  it('entries outside the blocks are compared byte by byte; counters are not', () => {
    const train = openCheckpoint('yolov6_qa.safetensors', { identity: new Map([['', true]]) });
    const { bytes } = fuseCheckpoint(train);
    assert.equal(outside(train, second(train, bytes)), null);
    const changed = bytes.slice();
    const text = new TextDecoder('latin1').decode(changed);
    const [begin = 0] = JSON.parse(
      `[${/"fc\.bias":\{[^}]*"data_offsets":\[([\d,]+)\]/.exec(text)?.[1] ?? ''}]`,
    ) as number[];
    const dataAt = 8 + Number(new DataView(changed.buffer).getBigUint64(0, true));
    changed[dataAt + begin] = (changed[dataAt + begin] ?? 0) ^ 1;
    assert.equal(outside(train, second(train, changed)), 'Outside the blocks 1 entry differs ("fc.bias").');
    const other = second(train, checkpointBytes('acnet.deploy.safetensors'));
    assert.match(
      outside(train, other) ?? '',
      /^Block "backbone\.ERBlock_2\.0" is not in the second checkpoint: neither .* Nor is another\.$/,
    );
  });

  it('what is said of the second counts for it; what is said of the first where nothing is', () => {
    const train = openCheckpoint('repvgg.safetensors', { bnEps: 1e-3 });
    const bytes = checkpointBytes('repvgg.safetensors');
    const epsWith = (given?: GivenAssumptions): readonly number[] => {
      const file = { fileName: 'second', bytes, companions, ...(given === undefined ? {} : { given }) };
      const blocks = checkpointSource(unwrap(decodeSecond(train, file)))?.blocks ?? [];
      return [...new Set(blocks.map(({ block }) => block.eps))];
    };
    assert.deepEqual([epsWith(), epsWith({ bnEps: 0.5 }), epsWith({})], [[1e-3], [0.5], [1e-5]]);
  });

  it('entries that neither the first nor its deploy form has are said, branches left behind included', () => {
    const train = openCheckpoint('repvgg.safetensors');
    const deploy = checkpointBytes('repvgg.deploy.safetensors');
    assert.equal(outside(train, second(train, deploy)), null);
    assert.equal(
      outside(train, second(train, withEmpty(deploy, ['head.extra', 'stage0.bn.num_batches_tracked']))),
      'The second checkpoint holds 1 entry ("head.extra") that neither the first nor its deploy form has: load_state_dict(…, strict=True) refuses it.',
    );
    const left = second(train, withEmpty(deploy, ['stage0.rbr_dense.bn.bias', 'a', 'b', 'c']));
    assert.match(
      outside(train, left) ?? '',
      /^The second checkpoint holds 4 entries \(.*"stage0\.rbr_dense\.bn\.bias".*, and 1 more\)/,
    );
  });

  it('a checkpoint against a network is refused: nothing says where its blocks lie', () => {
    const train = openCheckpoint('repvgg.safetensors');
    const { analysis } = detectFixture('models/repvgg.legacy.onnx');
    assert.throws(
      () => outside(train, analysis.original),
      (error) =>
        error instanceof ProblemError && /compare a checkpoint with a checkpoint/.test(error.message),
    );
  });
});
