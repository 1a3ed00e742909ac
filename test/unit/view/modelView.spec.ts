import assert from 'node:assert/strict';
import { fuseModel } from '../../../src/core/pipeline';
import { unwrap } from '../../../src/core/result';
import { detect } from '../../../src/core/detect/detect';
import { inspectReport } from '../../../src/core/view/inspectReport';
import { modelView } from '../../../src/core/view/modelView';
import { detectFixture } from '../../support/models';

describe('a model at a glance', () => {
  it('says what the file holds', () => {
    const { model, format } = inspectReport(detectFixture('models/repvgg.legacy.onnx'));
    assert.equal(format, 'onnx');
    assert.deepEqual(
      [model.opset, model.nodes, model.convs, model.producer.split(' ')[0]],
      [17, 6, 2, 'pytorch'],
    );
    assert.deepEqual(model.inputs, [{ name: 'x', dtype: 'float32', dims: ['N', 12, 14, 14] }]);
    assert.deepEqual(
      model.ops
        .map(({ op, count }) => `${op} ${count}`)
        .slice(0, 2)
        .sort(),
      ['Add 2', 'Conv 2'],
    );
    assert.equal(model.parameters, 12 * 12 * 9 + 12 + 12 * 12 + 12 + 4 * 12);
  });

  it('promises what fusing then gives', () => {
    for (const name of ['repvgg_anysize.legacy', 'acnet.preserve', 'seed_repcpe.dynamo', 'seed_dbb.legacy']) {
      const detection = detectFixture(`models/${name}.onnx`);
      const { totals } = modelView(detection);
      const after = inspectReport(detect(unwrap(fuseModel(detection)).model)).model;
      assert.ok(totals.fusable > 0, name);
      assert.equal(totals.nodes.before, inspectReport(detection).model.nodes);
      assert.equal(totals.parameters.after, after.parameters, `${name}: parameters`);
      // shape arithmetic that only the block needed goes too, and is not promised
      assert.ok(totals.nodes.after >= after.nodes, `${name}: nodes`);
    }
  });

  it('leaves multiply-accumulates open where the image is', () => {
    assert.equal(modelView(detectFixture('models/repvgg_anysize.legacy.onnx')).totals.blockMacs, null);
    const { blockMacs } = modelView(detectFixture('models/repvgg.legacy.onnx')).totals;
    assert.deepEqual(blockMacs?.after, 14 * 14 * 12 * 12 * 9);
  });
});
