import assert from 'node:assert/strict';
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
