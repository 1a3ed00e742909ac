import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeModel, fuseModel } from '../../../../src/core/pipeline';
import { joinChunks } from '../../../../src/core/onnx/chunks';
import { unwrap } from '../../../../src/core/result';
import type { NdArray } from '../../../../src/core/tensor/tensor';
import { FIXTURES, maxDifference, runWasm } from '../../../support/models';
import { readNpy } from '../../../support/npy';
import { blockFeeds, boundRatio, fixture, fused, inputOf, opCount, wasmRatio } from './support';

/** Exports by PyTorch 2.13, and how many convolutions are left of them, those of the attention included. */
const CONVS: Readonly<Record<string, number>> = {
  'seed_dynamic_conv.legacy': 3,
  'seed_dynamic_conv.preserve': 3,
  'seed_dynamic_conv.dynamo': 3,
  'kernel_grouped.legacy': 3,
  'kernel_grouped.dynamo': 3,
  'kernel_nobias.legacy': 3,
  'kernel_nobias.dynamo': 3,
  'kernel_batch1.dynamo': 3,
  'beside_softmax.legacy': 1,
  'beside_softmax.dynamo': 1,
  'beside_sigmoid.legacy': 1,
  'beside_sigmoid.dynamo': 1,
  'cond.legacy': 3,
  'cond.dynamo': 3,
  'feature_slice.legacy': 1,
  'feature_slice.dynamo': 1,
  'feature_size.legacy': 1,
  'feature_size.dynamo': 1,
  'feature_chunk.legacy': 1,
  'feature_chunk.dynamo': 1,
  'feature_stack0.legacy': 1,
  'feature_stack0.dynamo': 1,
  'feature_einsum.legacy': 1,
  'feature_einsum.dynamo': 1,
  'feature_unbind.legacy': 1,
  'feature_unbind.dynamo': 1,
  'feature_static.legacy': 1,
  'feature_static.dynamo': 1,
  'feature_batch1.dynamo': 1,
  'featurebeside_softmax.dynamo': 1,
  'featurebeside_sigmoid.legacy': 1,
  'featurebeside_sigmoid.dynamo': 1,
  'mulsum.legacy': 1,
  'mulsum.dynamo': 1,
  'einsum.dynamo': 1,
  'hyper.dynamo': 1,
  'oned.dynamo': 1,
  'net.legacy': 7,
  'net.dynamo': 7,
};

for (const [name, convs] of Object.entries(CONVS)) {
  describe(`folding ${name}`, () => {
    const original = fixture(`${name}.onnx`);
    const merged = fused(original);
    const blocks = original.blocks.filter((block) => block.status === 'fusable');

    it(`leaves ${convs} convolution(s) and no BatchNormalization`, () => {
      assert.ok(blocks.length > 0);
      assert.equal(opCount(merged.analysis.model, 'Conv'), convs);
      assert.equal(opCount(merged.analysis.model, 'BatchNormalization'), 0);
    });

    it('computes the same in float64, block by block, but for the rounding of the bank', () => {
      for (const block of blocks) {
        const feeds = blockFeeds(original, block, inputOf(original));
        const ratio = boundRatio(original.analysis.model, merged.analysis.model, feeds, block.region.sink);
        assert.ok(ratio <= 1, `${ratio} × γ₂`);
      }
    });

    it('stays within its rounding bound on wasm', async () => {
      for (const block of blocks) {
        const feeds = blockFeeds(original, block, inputOf(original));
        const ratio = await wasmRatio(merged.analysis.model, feeds, block.region.sink);
        assert.ok(ratio <= 1, `${ratio} × γ`);
      }
    });

    it('is written as many nodes as announced', () => {
      const { plan } = unwrap(fuseModel(original));
      for (const step of plan.steps) {
        const block = blocks.find(({ id }) => id === step.id);
        assert.equal('kind' in step ? step.nodes.length : 1, block?.dynamic?.better?.after.cost.nodes ?? 1);
      }
    });

    it('is told as what it is when read again, with nothing left to do', () => {
      assert.deepEqual(
        merged.blocks.map(({ family, refusal }) => [family, refusal?.code]),
        original.blocks.map(() => ['DynamicConv', 'dynamic-coefficient']),
      );
    });
  });
}

/** As the corpus says: no more than four times the error of the unfused float32 network, and the rounding of the result. */
for (const form of ['legacy', 'preserve', 'dynamo']) {
  it(`keeps seed_dynamic_conv.${form} as close to its float64 network as it was`, async () => {
    const folder = join(FIXTURES, 'dynamic');
    const given = JSON.parse(readFileSync(join(folder, 'seed_dynamic_conv.json'), 'utf8')) as {
      readonly unfused_err: number;
      readonly ymax: number;
    };
    const { model } = unwrap(fuseModel(fixture(`seed_dynamic_conv.${form}.onnx`)));
    const bytes = joinChunks(unwrap(encodeModel(model)).main);
    const outputs = await runWasm(bytes, { x: readNpy(join(folder, 'seed_dynamic_conv.x.npy')) });
    const exact = readNpy(join(folder, 'seed_dynamic_conv.y64.npy'));
    const error = maxDifference(outputs.get('y') as NdArray, exact);
    assert.ok(error <= 4 * given.unfused_err + given.ymax * 2 ** -24, `${error}`);
  });
}
