import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GivenAssumptions } from '../../../src/core/checkpoint/assumptions';
import { unitInLastPlace } from '../../../src/core/verify/certificate/unitInLastPlace';
import { readElements } from '../../../src/core/tensor/convert';
import { elementCount, type Tensor } from '../../../src/core/tensor/tensor';
import { checkpointOf, fuseCheckpoint, openCheckpoint } from '../../support/checkpoints';
import { FIXTURES } from '../../support/models';

/** The blocks of each family's fixture: by its convention's family, in the order of the file. */
const BLOCKS: Readonly<Record<string, readonly string[]>> = {
  damo_yolo: ['RepVGG'],
  ghostnetv3: ['MobileOne', 'MobileOne', 'MobileOne'],
  mmyolo: ['RepVGG', 'RepVGG'],
  mmyolo_ppyoloe: ['RepVGG-alpha', 'RepVGG'],
  qarepvgg: ['QARepVGG', 'QARepVGG', 'QARepVGG'],
  rt_detr: ['RepConv', 'RepConv'],
  supergradients: ['RepVGG', 'RepVGG', 'QARepVGG'],
  yolo_nas: ['QARepVGG', 'QARepVGG', 'QARepVGG'],
  yolov10: ['RepLKNet'],
  acnet: ['ACNet', 'ACNet'],
  dbb: ['DBB', 'DBB', 'DBB', 'DBB'],
  fastvit: ['RepMixer', 'RepLKNet', 'RepCPE'],
  mmpretrain: ['RepVGG', 'MobileOne'],
  mobileone: ['MobileOne', 'MobileOne', 'MobileOne', 'MobileOne'],
  ppyoloe: ['RepVGG-alpha', 'RepVGG-alpha'],
  repghost: ['RepGhost', 'RepGhost'],
  replknet: ['RepLKNet', 'RepLKNet'],
  repvgg: ['RepVGG', 'RepVGG', 'RepVGG'],
  repvit_old: ['RepVGGDW', 'RepVGGDW'],
  timm_byob: ['MobileOne', 'MobileOne', 'MobileOne', 'RepVGG', 'RepVGG'],
  timm_fastvit: ['MobileOne', 'RepMixer', 'RepLKNet', 'MobileOne', 'RepCPE'],
  timm_repvit: [
    'Linear branches',
    'Linear branches',
    'Linear branches',
    'Linear branches',
    'Linear branches',
    'RepVGGDW',
  ],
  unireplknet: ['Linear branches', 'Linear branches', 'UniRepLKNet', 'Linear branches'],
  unireplknet_conv: ['UniRepLKNet'],
  yolov6: ['RepVGG', 'RepVGG'],
  yolov6_qa: ['QARepVGG', 'QARepVGG'],
  yolov7: ['RepConv', 'RepConv'],
  yolov9: ['RepConv', 'RepConv'],
};

/** What a file does not say, and can't be assumed. */
const GIVEN: Readonly<Record<string, GivenAssumptions>> = {
  qarepvgg: { identity: new Map([['stage1.1', true]]) },
  yolov6_qa: { identity: new Map([['backbone.ERBlock_2.0', true]]) },
};

describe('checkpoints of each family', () => {
  it('have a fixture each', () => {
    const names = readdirSync(join(FIXTURES, 'checkpoints')).flatMap((name) =>
      name.endsWith('.deploy.safetensors') ? [name.replace('.deploy.safetensors', '')] : [],
    );
    assert.deepEqual(names.sort(), Object.keys(BLOCKS).sort());
  });

  for (const [family, blocks] of Object.entries(BLOCKS)) {
    it(`${family}: becomes what its deploy form loads, name by name and number by number`, () => {
      const detection = openCheckpoint(`${family}.safetensors`, GIVEN[family]);
      assert.deepEqual(detection.blocks.map((block) => block.family).sort(), [...blocks].sort());
      assert.deepEqual(
        detection.blocks.filter(({ status }) => status !== 'fusable'),
        [],
      );
      const ours = entriesOf(fuseCheckpoint(detection).bytes);
      const theirs = entriesOf(`${family}.deploy.safetensors`);
      assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
      for (const [name, tensor] of theirs) assertSame(name, ours.get(name) as Tensor, tensor);
    });
  }
});

function entriesOf(file: string | Uint8Array): ReadonlyMap<string, Tensor> {
  const [state] = checkpointOf(openCheckpoint(file)).states;
  assert.ok(state !== undefined);
  return state.entries;
}

/** One rounding apart at most: both were computed in float64 and rounded once, PyTorch's in another order. */
function assertSame(name: string, ours: Tensor, theirs: Tensor): void {
  assert.deepEqual([ours.dtype, ours.dims], [theirs.dtype, theirs.dims], name);
  const count = elementCount(theirs.dims);
  const [a, b] = [ours, theirs].map((one) => readElements(one.dtype, one.bytes(), 0, count));
  assert.ok(a !== undefined && b !== undefined);
  a.forEach((value, place) => {
    const other = b[place] as number;
    // where terms cancel, the order of float64 sums shows: 2^-45 of terms that are no larger than 100
    const bound = unitInLastPlace(other, theirs.dtype) + 100 * 2 ** -45;
    assert.ok(Math.abs(value - other) <= bound, `${name}[${place}]: ${value} instead of ${other}`);
  });
}
